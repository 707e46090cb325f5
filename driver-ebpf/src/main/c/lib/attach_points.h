/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file attaches programs to their tracepoints, by default as raw tracepoints, which cost least.
 *
 * Kernels from 7.0 on call raw tracepoints with preemption on (include/trace/bpf_probe.h). While a program is
 * preempted, another thread can run on this CPU and overwrite the per-CPU scratch (R1.13), and the kernel skips the
 * program for that thread. For such kernels the same programs are built with BY_EVENTS. They then attach to perf events
 * of the same tracepoints, which run with preemption off on every kernel (include/trace/perf.h).
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
/* The loader loads programs of a tracepoint that the kernel lacks, too; TP_EXISTS is then 0, and they read nothing. */
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
struct trace_event_raw_io_uring_create {
	void *ctx;
};
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
