/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file counts attempts of TCP to connect that no connect(2) makes. A process can take a socket that waits for its
 * peer, end the attempt by shutdown(2), begin another by sendto(2) with MSG_FASTOPEN, and give the socket back. Only the
 * socket's state tells of it.
 */
#ifndef UNRACED_ATTEMPT_H
#define UNRACED_ATTEMPT_H

/* Tells whether the thread is in a call that can send with MSG_FASTOPEN. */
static __always_inline bool is_sending(struct task_struct *task)
{
	struct pt_regs *regs = (void *)bpf_task_pt_regs(task);

	/* A worker of an io_uring has the registers of whoever made it. */
	if (task->flags & (PF_IO_WORKER | PF_KTHREAD))
		return 0;
#ifdef __TARGET_ARCH_x86
	int number = GET(regs, orig_ax);

	if (task->thread_info.status & TS_COMPAT)
		/* arch/x86/entry/syscalls/syscall_32.tbl: socketcall, sendmmsg, sendto, sendmsg */
		return number == 102 || number == 345 || number == 369 || number == 370;
	switch (number & ~X32_BIT) {
	case 44: /* sendto */
	case 46: /* sendmsg */
	case 307: /* sendmmsg */
	case 518: /* sendmsg of x32 */
	case 538: /* sendmmsg of x32 */
		return 1;
	}
	return 0;
#else
	int number = GET(regs, syscallno);

	return number == 206 || number == 211 || number == 269;
#endif
}

/* Tells whether the thread is in a connect of this socket, which has counted already. */
static __always_inline bool is_connecting(struct unraced_control *shared, struct task_struct *task, __u64 sk)
{
	const struct call *call = stash_entry(shared, task);

	return call && call->thread_start == task->start_boottime && call->syscall == UNRACED_CONNECT &&
	       call->connecting.sock == sk;
}

/* A request's own attempt counts 1, which its event overlooks, so that of a call has to count more. */
POINT("sock", "inet_sock_set_state")
int socket_attempt(void *ctx)
{
	struct unraced_control *shared;
	struct task_struct *task;
	__u64 sk;

	if (!IS_THERE(inet_sock_set_state) || (int)ARGUMENT(ctx, inet_sock_set_state, 2, newstate) != TCP_SYN_SENT)
		return 0;
	shared = SCRATCH(control);
	if (!shared || !shared->active)
		return 0;
	sk = ARGUMENT(ctx, inet_sock_set_state, 0, skaddr);
	task = bpf_get_current_task_btf();
	if (is_connecting(shared, task, sk))
		return 0;
	count_connect(sk);
	if (is_sending(task))
		count_connect(sk);
	return 0;
}

#endif
