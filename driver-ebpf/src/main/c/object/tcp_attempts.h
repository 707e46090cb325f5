/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file counts TCP connection attempts that no connect(2) makes. A process can take a socket that waits for its
 * peer, end the attempt by shutdown(2), begin another by sendto(2) with MSG_FASTOPEN, and give the socket back. Only
 * the socket's state reveals this.
 */
#ifndef UNRACED_OBJECT_TCP_ATTEMPTS_H
#define UNRACED_OBJECT_TCP_ATTEMPTS_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/calls.h"
#include "unraced/record.h"
#include "lib/attach_points.h"
#include "lib/control.h"
#include "lib/core_access.h"
#include "lib/maps.h"
#include "object/connects.h"
#include "syscall/stash.h"

/* Tells whether the thread is in a call that can send with MSG_FASTOPEN. */
static __always_inline bool is_sending(struct task_struct *task)
{
	struct pt_regs *regs = (void *)bpf_task_pt_regs(task);

	/* An io_uring worker has copied the registers of the thread that created it. */
	if (task->flags & (PF_IO_WORKER | PF_KTHREAD))
		return 0;
#ifdef __TARGET_ARCH_x86
	int number = KREAD(regs, orig_ax);

	if (task->thread_info.status & TS_COMPAT)
		/* arch/x86/entry/syscalls/syscall_32.tbl: socketcall, sendmmsg, sendto, sendmsg */
		return number == UNRACED_IA32_SOCKETCALL || number == 345 || number == 369 || number == 370;
	switch (number & ~UNRACED_X32_BIT) {
	case 44: /* sendto */
	case 46: /* sendmsg */
	case 307: /* sendmmsg */
	case 518: /* sendmsg of x32 */
	case 538: /* sendmmsg of x32 */
		return 1;
	}
	return 0;
#else
	int number = KREAD(regs, syscallno);

	return number == 206 || number == 211 || number == 269;
#endif
}

/* Returns the connect that the thread is in, or null. */
static __always_inline struct call *connect_of(struct unraced_control *shared, struct task_struct *task)
{
	struct call *call = stash_entry(shared, task);

	return call && call->thread_start == task->start_boottime && call->syscall == UNRACED_CONNECT ? call : 0;
}

/*
 * A request's own attempt counts 1, which its event ignores where it has a peer. An attempt by a sending call counts 2,
 * so that the event notices it.
 */
TRACEPOINT("sock", "inet_sock_set_state")
int socket_attempt(void *ctx)
{
	struct unraced_control *shared;
	struct task_struct *task;
	struct call *call;
	__u64 sk;

	if (!TP_EXISTS(inet_sock_set_state) || (int)TP_ARG(ctx, inet_sock_set_state, 2, newstate) != TCP_SYN_SENT)
		return 0;
	shared = SCRATCH(control);
	if (!shared || !shared->active)
		return 0;
	sk = TP_ARG(ctx, inet_sock_set_state, 0, skaddr);
	task = bpf_get_current_task_btf();
	call = connect_of(shared, task);
	if (call) {
		call->connecting.not_unix = 1;
		/* connect_begins() has counted it. */
		if (call->connecting.sock == sk)
			return 0;
	}
	count_acts(sk, is_sending(task) ? CONNECT_WEIGHT : OWN_ATTEMPT);
	return 0;
}

#endif
