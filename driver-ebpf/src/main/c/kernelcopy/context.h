/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file prepares programs inside a call: it finds the call's stash entry, rebuilds a call without an entry, and
 * stores the object of the call.
 */
#ifndef UNRACED_KERNELCOPY_CONTEXT_H
#define UNRACED_KERNELCOPY_CONTEXT_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "unraced/calls.h"
#include "unraced/filter.h"
#include "unraced/record.h"
#include "kernelcopy/maps.h"
#include "lib/core_access.h"
#include "lib/control.h"
#include "lib/maps.h"
#include "object/connects.h"
#include "object/descriptor.h"
#include "object/resolved.h"
#include "path/walk.h"
#include "syscall/arguments.h"
#include "syscall/filter.h"
#include "syscall/stash.h"

/* The programs that have a scratch area. */
enum user { FILE_OPENED, HOW_COPIED, ADDRESS_COPIED, SOCKET_CONNECTED, PATH_USED, USERS };

struct copy_scratch {
	struct long_call fresh; /* the kernel's copy; also the state of a call without an entry */
	struct walk walk;
	struct builder builder;
	struct resolved resolved;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, USERS);
	__type(key, __u32);
	__type(value, struct copy_scratch);
} copy_scratch SEC(".maps");

/* The state of a program inside a call. */
struct copy_context {
	struct unraced_control *shared;
	struct copy_scratch *scratch;
	struct task_struct *task;
	struct call *call; /* stash entry of the call; null when there is none */
	__u32 tid;
};

/*
 * Begins a program inside a call. Returns false unless the call entered in mode kernel, or may have an entry that was
 * missed (R12.2).
 */
static __always_inline bool begin_context(struct copy_context *in, enum user user)
{
	__u32 key = user;

	in->shared = SCRATCH(control);
	in->scratch = bpf_map_lookup_elem(&copy_scratch, &key);
	if (!in->shared || !in->scratch || !in->shared->active)
		return 0;
	in->task = bpf_get_current_task_btf();
	in->tid = in->task->pid;
	in->call = stash_entry(in->shared, in->task);
	if (!in->call)
		return 1;
	return in->call->mitigation == UNRACED_MITIGATION_KERNEL && in->call->thread_start == in->task->start_boottime;
}

/* Returns the native call that the thread is in, or 0 when it is not watched. */
static __always_inline __u8 current_call(struct task_struct *task, struct pt_regs *regs)
{
	/* An io_uring worker has copied the registers of the thread that created it. */
	if (task->flags & (PF_IO_WORKER | PF_KTHREAD))
		return 0;
#ifdef __TARGET_ARCH_x86
	if (task->thread_info.status & TS_COMPAT)
		return 0;
	switch ((int)KREAD(regs, orig_ax)) {
	UNRACED_CALLS_X86_64(UNRACED_CALL_CASE, )
	UNRACED_CALLS_EVERYWHERE(UNRACED_CALL_CASE, )
	}
#elif defined(__TARGET_ARCH_arm64)
	if (task->thread_info.flags & (1ul << TIF_32BIT))
		return 0;
	switch (KREAD(regs, syscallno)) {
	UNRACED_CALLS_ARM64(UNRACED_CALL_CASE, )
	UNRACED_CALLS_EVERYWHERE(UNRACED_CALL_CASE, )
	}
#endif
	return 0;
}

/* The number of openat2(2) for every convention (scripts/syscall.tbl and its like). */
#define OPENAT2_NUMBER 437

/* Tells whether the thread's last call, or that of an io_uring worker's creator, is an openat2(2). */
static __always_inline bool is_in_openat2(void)
{
	struct pt_regs *regs = (void *)bpf_task_pt_regs(bpf_get_current_task_btf());

#ifdef __TARGET_ARCH_x86
	return ((__u32)KREAD(regs, orig_ax) & ~UNRACED_X32_BIT) == OPENAT2_NUMBER;
#else
	return (__u32)KREAD(regs, syscallno) == OPENAT2_NUMBER;
#endif
}

/*
 * Fills in what is known of a call without an entry. "wanted" is the required call, or 0 for any. The registers do not
 * tell whether the thread is still in the call: requests of io_urings run behind its return, too (task work), and a
 * copy of theirs would be taken for that of the next call. So the stash must have refused the call.
 */
static __always_inline bool begin_late(struct copy_context *in, __u8 wanted)
{
	struct call *call = &in->scratch->fresh.call;
	struct pt_regs *regs;
	__u64 args[4];
	__u8 syscall;

	if (current_mode(in->shared) != UNRACED_MITIGATION_KERNEL || !is_refused(in->tid, in->task->start_boottime))
		return 0;
	regs = (void *)bpf_task_pt_regs(in->task);
	syscall = current_call(in->task, regs);
	if (!(in->shared->copies & (1u << (syscall & 31))) || !syscall || (wanted && syscall != wanted))
		return 0;
	args[0] = RUNNING_PARM1(regs);
	args[1] = PT_REGS_PARM2_CORE_SYSCALL(regs);
	args[2] = PT_REGS_PARM3_CORE_SYSCALL(regs);
	args[3] = PT_REGS_PARM4_CORE_SYSCALL(regs);
	call->thread_start = in->task->start_boottime;
	call->enter_ns = 0;
	call->mitigation = UNRACED_MITIGATION_KERNEL;
	/* A known call has a known convention, which saves the verifier the others. */
	read_registers(call, wanted ? wanted : syscall, args);
	call->how_provenance = UNRACED_PROVENANCE_NONE;
	call->provenance = UNRACED_PROVENANCE_NONE;
	call->length = 0;
	in->call = call;
	return 1;
}

/* Keeps the open_how that was copied earlier in the call. */
static __always_inline void keep_late_how(struct copy_context *in)
{
	struct call *call = in->call;
	struct long_call *earlier;

	if (call->syscall != UNRACED_OPENAT2)
		return;
	earlier = copy_of(call, in->tid);
	if (!earlier || earlier->call.how_provenance != UNRACED_PROVENANCE_KERNEL)
		return;
	call->flags = earlier->call.flags;
	call->mode = earlier->call.mode;
	call->resolve = earlier->call.resolve;
	call->how_provenance = UNRACED_PROVENANCE_KERNEL;
}

static __always_inline bool keep_late(struct copy_context *in, __u32 length)
{
	in->call->provenance = UNRACED_PROVENANCE_KERNEL;
	in->call->length = length;
	return !bpf_map_update_elem(&copies, &in->tid, &in->scratch->fresh, BPF_ANY);
}

/* This is IS_ERR_OR_NULL() of include/linux/err.h. */
static __always_inline bool is_err_or_null(const void *pointer)
{
	return (long)pointer <= 0 && (long)pointer > -4096;
}

static __always_inline struct builder *begin_resolved(struct copy_context *in)
{
	struct builder *builder = &in->scratch->builder;

	__builtin_memset(&builder->record, 0, sizeof(builder->record));
	builder->end = 0;
	return builder;
}

static __always_inline void keep_resolved(struct copy_context *in, __u32 length, __s32 descriptor)
{
	struct resolved *resolved = &in->scratch->resolved;

	resolved->descriptor = descriptor;
	resolved->thread_start = in->call->thread_start;
	resolved->enter_ns = in->call->enter_ns;
	resolved->flags = in->scratch->builder.record.flags;
	resolved->length = length;
	bpf_probe_read_kernel(resolved->bytes, length & (WALK_BYTES - 1), in->scratch->builder.tail);
	bpf_map_update_elem(&resolved_objects, &in->tid, resolved, BPF_ANY);
}

static __always_inline void keep_file(struct copy_context *in, struct file *file, __s32 descriptor)
{
	struct builder *builder = begin_resolved(in);
	struct walk *walk = &in->scratch->walk;

	describe_file(builder, file, walk, mount_namespace(in->task));
	in->scratch->resolved.open = builder->record.open;
	keep_resolved(in, builder->record.open.resolved.length, descriptor);
}

static __always_inline void keep_socket(struct copy_context *in, struct file *file, int result)
{
	struct builder *builder = begin_resolved(in);
	bool shared = fd_table_is_shared(in->task);
	struct sock *sk = sock_of(file);

	if (!sk)
		return;
	describe_socket(builder, file);
	/*
	 * The call holds its own reference if the table is shared: fdget() of fs/file.c. The counts since the entry are
	 * those of the socket that the descriptor led to then. A thread that shares the table can change the socket
	 * between the act and this look, by ways that do not count: bind(2), or a request without a completion (R2.41).
	 */
	if (is_held_by_more(file, shared ? 2 : 1) || in->call->connecting.sock != (__u64)sk ||
	    unraced_peer_is_gone(sk, result) || unraced_was_destroyed(&builder->record.connect, sk) ||
	    unraced_is_seen_late(&builder->record.connect, sk,
				 shared || (in->call->record_flags & UNRACED_FD_TABLE_SHARED)))
		builder->record.flags |= UNRACED_SOCKET_SHARED;
	in->scratch->resolved.connect = builder->record.connect;
	keep_resolved(in, builder->end, ANY_DESCRIPTOR);
}

#endif
