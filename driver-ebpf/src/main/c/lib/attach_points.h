/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * How programs come to their tracepoints. By default as raw ones, which costs least. Kernels from 7.0 on call those with
 * preemption on (include/trace/bpf_probe.h): while one is put aside, its processor's areas would be another thread's, and the
 * kernel passes over it for all other threads there. For such kernels the same programs are built with BY_EVENTS, and come by perf's events
 * of the same tracepoints, which run with preemption off everywhere (include/trace/perf.h).
 */
#ifndef UNRACED_LIB_ATTACH_POINTS_H
#define UNRACED_LIB_ATTACH_POINTS_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#ifdef BY_EVENTS

#define TRACEPOINT(group, name) SEC("tracepoint/" group "/" name)
#define TAIL_PROGRAM SEC("tracepoint")
#define TP_ARG(ctx, name, at, field) ((__u64)((struct trace_event_raw_##name *)(ctx))->field)
/* Programs of a tracepoint that the kernel does not have are loaded with the others, but have nothing to read. */
#define TP_EXISTS(name) bpf_core_type_exists(struct trace_event_raw_##name)

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* include/trace/events/syscalls.h */
struct trace_event_raw_sys_enter {
	long id;
};
struct trace_event_raw_sys_exit {
	long id;
	long ret;
};
/* include/trace/events/sock.h */
struct trace_event_raw_inet_sock_set_state {
	const void *skaddr;
	int newstate;
};
/* include/trace/events/io_uring.h */
struct trace_event_raw_io_uring_submit_req {
	void *req;
};
struct trace_event_raw_io_uring_submit_sqe {
	void *req;
};
struct trace_event_raw_io_uring_queue_async_work {
	void *req;
};
struct trace_event_raw_io_uring_poll_arm {
	void *req;
};
struct trace_event_raw_io_uring_task_add {
	void *req;
};
struct trace_event_raw_io_uring_complete {
	void *req;
};
struct trace_event_raw_io_uring_fail_link {
	void *link;
};
struct trace_event_raw_io_uring_cqe_overflow {
	void *ctx;
	unsigned long long user_data;
	__s32 res;
};
struct trace_event_raw_io_uring_req_failed {
	void *ctx;
	void *req;
	unsigned long long user_data;
	__u64 off;
	__u64 addr;
	__u32 len;
	__u32 op_flags;
	int error;
};

#pragma clang attribute pop

#else

#define TRACEPOINT(group, name) SEC("raw_tp/" name)
#define TAIL_PROGRAM SEC("raw_tp")
#define TP_ARG(ctx, name, at, field) (((struct bpf_raw_tracepoint_args *)(ctx))->args[at])
#define TP_EXISTS(name) 1

#endif
#endif
