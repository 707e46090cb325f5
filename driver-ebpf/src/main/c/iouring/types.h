/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The kernel's io_uring types that the programs read, and checks for those that the running kernel has. */
#ifndef UNRACED_IOURING_TYPES_H
#define UNRACED_IOURING_TYPES_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/record.h"
#include "lib/control.h"
#include "lib/core_access.h"
#include "lib/maps.h"
#include "path/walk.h"

/* enum io_uring_op and enum io_uring_sqe_flags_bit of include/uapi/linux/io_uring.h */
enum { IORING_OP_CLOSE = 19 };
#define FIXED_FILE (1u << 0)
#define WAITS_FOR_OTHERS (1u << 1)
#define FOR_A_WORKER (1u << 4)
#define CQE_SKIP_SUCCESS (1u << 6)

struct io_uring_sqe {
	__u8 opcode;
	__u8 flags;
	__u16 ioprio;
	__s32 fd;
	__u64 addr2; /* addr2 or off */
	__u64 addr;
	__u32 len;
	__u32 open_flags;
	__u64 user_data;
	__u16 buf_index;
	__u16 personality;
	__u32 file_index;
	__u64 more[2];
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct io_cmd_data {
	struct file *file;
};
struct io_cqe {
	__u64 user_data;
	__s32 res;
	int fd; /* the request's descriptor until its result */
};
struct io_wq_work_node {
	struct io_wq_work_node *next;
};
struct io_wq_work_list {
	struct io_wq_work_node *first;
};
struct io_uring_task {
	struct task_struct *task;
};
struct io_kiocb {
	struct file *file;
	struct io_cmd_data cmd;
	__u8 opcode;
	__u32 flags;
	struct io_cqe cqe;
	struct io_wq_work_node comp_list;
	void *ctx;
	void *async_data;
	struct io_uring_task *tctx;
};
/* Before 6.13. */
struct io_kiocb___owned {
	struct task_struct *task;
};
struct io_submit_link {
	struct io_kiocb *head;
};
struct io_submit_state {
	struct io_submit_link link;
	struct io_wq_work_list compl_reqs;
};
struct io_close {
	int fd;
	__u32 file_slot;
};
struct io_ring_ctx {
	struct io_submit_state submit_state;
	unsigned int flags;
	__u32 *sq_array;
	struct io_uring_sqe *sq_sqes;
	unsigned int cached_sq_head;
	unsigned int sq_entries;
	struct cred *sq_creds;
};
struct copied_how {
	__u64 flags;
	__u64 mode;
	__u64 resolve;
};
struct io_open {
	int dfd;
	__u32 file_slot;
	struct filename *filename;
	struct copied_how how;
};
/* Since 7.0 the kernel wraps this pointer; it still copies the path at the submission. */
struct delayed_filename {
	struct filename *__incomplete_filename;
};
struct io_open___delayed {
	struct delayed_filename filename;
};
struct io_connect {
	void *addr;
	int addr_len;
};
/*
 * Some kernels copy an address into io_async_msghdr when they prepare the request, others into io_async_connect when it
 * must wait.
 */
struct copied_address {
	__u64 any;
};
struct io_async_msghdr {
	struct copied_address addr;
};
struct io_async_connect {
	struct copied_address address;
};
struct kmem_cache {
	unsigned int object_size;
};

#pragma clang attribute pop

extern struct kmem_cache *bpf_get_kmem_cache(__u64 address) __ksym __weak;

/* Returns the identity of the task's mount namespace, or 0: an exiting task has none. */
static __always_inline __u64 own_namespace_id(struct task_struct *task)
{
	struct nsproxy *proxy = KREAD_TRUSTED(task, nsproxy);
	struct mnt_namespace *ns;

	if (!proxy)
		return 0;
	ns = KREAD(proxy, mnt_ns);
	return namespace_id(ns);
}

static __always_inline bool copies_late(void)
{
	return bpf_core_type_exists(struct io_async_connect);
}

static __always_inline bool delays_names(void)
{
	return bpf_core_field_exists(struct io_open___delayed, filename.__incomplete_filename);
}

static __always_inline bool can_read_requests(void)
{
	return bpf_core_field_exists(struct io_kiocb, cmd) && bpf_core_field_exists(struct io_kiocb, cqe) &&
	       (bpf_core_field_exists(struct io_open, filename) || delays_names()) &&
	       bpf_core_type_exists(struct io_connect);
}

/* Returns whether the request has the flag that the kernel sets before an open runs, and clears when it has run. */
static __always_inline bool needs_cleanup(struct io_kiocb *req)
{
	const struct unraced_control *shared = SCRATCH(control);

	return shared && (KREAD(req, flags) & shared->cleanup_flag);
}

/*
 * Returns whether the kernel has put the request off: behind others, or to a worker. A later member of a chain can have
 * the first one put off.
 */
static __always_inline bool was_put_off(struct io_kiocb *req)
{
	return KREAD(req, flags) & (WAITS_FOR_OTHERS | FOR_A_WORKER);
}

static __always_inline void *command_of(struct io_kiocb *req)
{
	return (void *)req + bpf_core_field_offset(struct io_kiocb, cmd);
}

#endif
