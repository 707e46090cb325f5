/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Inside a call: one whose entry was not seen, and the object that a call acts on. */
#ifndef UNRACED_INSIDE_H
#define UNRACED_INSIDE_H

/* TS_COMPAT of arch/x86/include/asm/thread_info.h: the call came by the 32-bit convention, so its number is another. */
#define TS_COMPAT 2
/* arch/arm64/include/asm/thread_info.h */
#define TIF_32BIT 22

/* Which native call the thread is in; 0 when it is none of ours. */
static __always_inline __u8 current_call(struct task_struct *task, struct pt_regs *regs)
{
	/* A worker of an io_uring has the registers of whoever made it. */
	if (task->flags & (PF_IO_WORKER | PF_KTHREAD))
		return 0;
#ifdef __TARGET_ARCH_x86
	if (task->thread_info.status & TS_COMPAT)
		return 0;
	switch ((int)GET(regs, orig_ax)) {
	case 2:
		return UNRACED_OPEN;
	case 42:
		return UNRACED_CONNECT;
	case 85:
		return UNRACED_CREAT;
	case 257:
		return UNRACED_OPENAT;
	case 437:
		return UNRACED_OPENAT2;
	}
#elif defined(__TARGET_ARCH_arm64)
	if (task->thread_info.flags & (1ul << TIF_32BIT))
		return 0;
	switch (GET(regs, syscallno)) {
	case 56:
		return UNRACED_OPENAT;
	case 203:
		return UNRACED_CONNECT;
	case 437:
		return UNRACED_OPENAT2;
	}
#endif
	return 0;
}

/* Fills in what is known of a call without an entry. Wanted is the call that it must be, 0 for any. */
static __always_inline bool begin_late(struct inside *in, __u8 wanted)
{
	struct call *call = &in->area->fresh.call;
	struct pt_regs *regs;
	__u64 args[4];
	__u8 syscall;

	if (current_mode(in->shared) != UNRACED_MITIGATION_KERNEL)
		return 0;
	regs = (void *)bpf_task_pt_regs(in->task);
	syscall = current_call(in->task, regs);
	if (!(in->shared->copies & (1u << (syscall & 31))) || !syscall || (wanted && syscall != wanted) ||
	    filter(in->shared) != PASS)
		return 0;
	args[0] = RUNNING_PARM1(regs);
	args[1] = PT_REGS_PARM2_CORE_SYSCALL(regs);
	args[2] = PT_REGS_PARM3_CORE_SYSCALL(regs);
	args[3] = PT_REGS_PARM4_CORE_SYSCALL(regs);
	call->thread_start = in->task->start_boottime;
	call->enter_ns = 0;
	call->mitigation = UNRACED_MITIGATION_KERNEL;
	read_registers(call, syscall, args);
	call->how_provenance = UNRACED_PROVENANCE_NONE;
	call->provenance = UNRACED_PROVENANCE_NONE;
	call->length = 0;
	in->call = call;
	return 1;
}

/* What was copied earlier in the call. */
static __always_inline void keep_late_how(struct inside *in)
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

static __always_inline bool keep_late(struct inside *in, __u32 length)
{
	in->call->provenance = UNRACED_PROVENANCE_KERNEL;
	in->call->length = length;
	return !bpf_map_update_elem(&copies, &in->tid, &in->area->fresh, BPF_ANY);
}

/* Or null: IS_ERR_OR_NULL() of include/linux/err.h */
static __always_inline bool is_error(const void *pointer)
{
	return (long)pointer <= 0 && (long)pointer > -4096;
}

static __always_inline struct draft *begin_truth(struct inside *in)
{
	struct draft *draft = &in->area->draft;

	__builtin_memset(&draft->record, 0, sizeof(draft->record));
	draft->end = 0;
	return draft;
}

static __always_inline void keep_truth(struct inside *in, __u32 length, __s32 descriptor)
{
	struct truth *truth = &in->area->truth;

	truth->descriptor = descriptor;
	truth->thread_start = in->call->thread_start;
	truth->enter_ns = in->call->enter_ns;
	truth->flags = in->area->draft.record.flags;
	truth->length = length;
	bpf_probe_read_kernel(truth->bytes, length & (WALK_BYTES - 1), in->area->draft.tail);
	bpf_map_update_elem(&truths, &in->tid, truth, BPF_ANY);
}

static __always_inline void keep_file(struct inside *in, struct file *file, __s32 descriptor)
{
	struct draft *draft = begin_truth(in);
	struct walk *walk = &in->area->walk;

	describe_file(draft, file, walk, mount_namespace(in->task));
	in->area->truth.open = draft->record.open;
	keep_truth(in, draft->record.open.resolved.length, descriptor);
}

static __always_inline void keep_socket(struct inside *in, struct file *file)
{
	struct draft *draft = begin_truth(in);

	describe_socket(draft, file);
	/* The call has a reference of its own if the table is shared: fdget() of fs/file.c. */
	if (is_held_by_more(file, fd_table_is_shared(in->task) ? 2 : 1))
		draft->record.flags |= UNRACED_SOCKET_SHARED;
	in->area->truth.connect = draft->record.connect;
	keep_truth(in, draft->end, ANY_DESCRIPTOR);
}

#endif
