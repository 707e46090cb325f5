/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Calls by the 32-bit and the x32 convention, from whatever process: the kernel's tracepoints of single calls do not
 * fire for them. Those of all calls do, so the first thing here is to leave native ones alone.
 */
#ifndef UNRACED_COMPAT_H
#define UNRACED_COMPAT_H

#ifdef __TARGET_ARCH_x86

/* arch/x86/include/asm/thread_info.h */
#define TS_COMPAT 0x0002
/* __X32_SYSCALL_BIT of arch/x86/include/uapi/asm/unistd.h */
#define X32_BIT 0x40000000
/* SYS_CONNECT of include/uapi/linux/net.h */
#define SOCKETCALL_CONNECT 3

/* A number below 0 is that of a call that ptrace or seccomp made the kernel skip. */
static __always_inline __u8 abi_of(struct task_struct *task, long number)
{
	if (task->thread_info.status & TS_COMPAT)
		return UNRACED_ABI_IA32;
	return number >= 0 && (number & X32_BIT) ? UNRACED_ABI_X32 : UNRACED_ABI_NATIVE;
}

/* arch/x86/entry/syscalls/syscall_32.tbl */
static __always_inline __u8 ia32_call(__u32 number)
{
	switch (number) {
	case 5:
		return UNRACED_OPEN;
	case 8:
		return UNRACED_CREAT;
	case 295:
		return UNRACED_OPENAT;
	case 437:
		return UNRACED_OPENAT2;
	case 102:
	case 362:
		return UNRACED_CONNECT;
	}
	return 0;
}

/* arch/x86/entry/syscalls/syscall_64.tbl */
static __always_inline __u8 x32_call(__u32 number)
{
	switch (number & ~X32_BIT) {
	case 2:
		return UNRACED_OPEN;
	case 85:
		return UNRACED_CREAT;
	case 257:
		return UNRACED_OPENAT;
	case 437:
		return UNRACED_OPENAT2;
	case 42:
		return UNRACED_CONNECT;
	}
	return 0;
}

static __always_inline void read_compat_call(struct entrance *to, struct pt_regs *regs, __u32 number)
{
	to->indirect = DIRECT;
	if (to->abi == UNRACED_ABI_X32) {
		to->syscall = x32_call(number);
		to->args[0] = GET(regs, di);
		to->args[1] = GET(regs, si);
		to->args[2] = GET(regs, dx);
		to->args[3] = GET(regs, r10);
		return;
	}
	to->syscall = ia32_call(number);
	to->args[0] = (__u32)GET(regs, bx);
	to->args[1] = (__u32)GET(regs, cx);
	to->args[2] = (__u32)GET(regs, dx);
	to->args[3] = (__u32)GET(regs, si);
	if (number == 102) {
		if (to->args[0] != SOCKETCALL_CONNECT)
			to->syscall = 0;
		to->indirect = BLOCK_UNREAD;
	}
}

SEC("raw_tp/sys_enter")
int compat_enter(struct bpf_raw_tracepoint_args *ctx)
{
	struct entrance call = { .abi = abi_of(bpf_get_current_task_btf(), ctx->args[1]) };
	struct unraced_control *shared;

	if (call.abi == UNRACED_ABI_NATIVE)
		return 0;
	shared = SCRATCH(control);
	read_compat_call(&call, (struct pt_regs *)ctx->args[0], ctx->args[1]);
	if (!shared || !call.syscall || !is_watched(shared, call.syscall))
		return 0;
	return begin_call(&call);
}

static __always_inline int end_compat_call(struct bpf_raw_tracepoint_args *ctx, struct task_struct *task,
					   struct entrance *call, __u32 number)
{
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *row = counter_row();
	struct unfinished *to = SCRATCH(unfinished);
	__u32 tid = task->pid;
	struct call *stashed;
	struct long_call *from;

	if (!shared || !row || !to || !shared->active || !is_watched(shared, call->syscall))
		return 0;
	row->returned++;
	from = &to->request.call;
	stashed = stash_find(row, tid, task->start_boottime, call->syscall, call->abi);
	if (!stashed) {
		enum verdict verdict = filter(shared);

		if (verdict != PASS) {
			count_filtered(row, verdict);
			return 0;
		}
		rebuild_call(from, call);
		if (!was_executed(task, number, (__s32)ctx->args[1]))
			from->call.record_flags |= UNRACED_NOT_EXECUTED;
	} else {
		bool is_long = stashed->length > INLINE_BYTES;
		const __u8 *bytes = stash_bytes(stashed, tid);

		from->call = *stashed;
		if (is_long)
			bpf_probe_read_kernel(from->call.bytes, READ_BYTES, bytes);
		stash_drop(row, tid, is_long);
		if (from->call.provenance == UNRACED_PROVENANCE_NONE ||
		    from->call.how_provenance == UNRACED_PROVENANCE_NONE)
			read_rest(from);
	}
	to->syscall = call->syscall;
	to->is_request = 0;
	to->result = (__s32)ctx->args[1];
	finish(ctx, row, call->syscall);
	return 0;
}

SEC("raw_tp/sys_exit")
int compat_exit(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)ctx->args[0];
	struct entrance call = {};
	long number;

	number = GET(regs, orig_ax);
	call.abi = abi_of(task, number);
	if (call.abi == UNRACED_ABI_NATIVE)
		return 0;
	read_compat_call(&call, regs, number);
	return call.syscall ? end_compat_call(ctx, task, &call, number) : 0;
}

#endif
#endif
