/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Detects which connects of a socket overlap (R2.43). The kernel runs every connect through
 * __sys_connect_file(), whatever thread, process or io_uring it is for. So a probe there sees all
 * connects, including those that a filter leaves out. Such a run is an act, from the probe up to
 * the return of the call, or the completion of the request: what connect_begins() of the eBPF
 * driver counts. A socket is identified by its struct sock, as several descriptors of several
 * processes can refer to it.
 */
#ifndef UNRACED_OBJECT_CONNECTS_H
#define UNRACED_OBJECT_CONNECTS_H

#include "call/scratch.h"
#include "unraced/address.h"

struct sock;
struct socket;

/*
 * Allocates the tables of sockets and of acts. Calls and requests have their own: a process can have thousands of
 * requests wait, which must not evict the acts of calls.
 */
int unraced_acts_allocate(struct unraced_capture *capture);
/*
 * Begins an act of a thread or a request on a socket that has a struct sock. A request can come here several times
 * before it completes; again continues its act. "sole" says that no other descriptor or task holds the socket's file
 * now.
 */
void unraced_act_begin(struct unraced_capture *capture, const struct socket *socket, u64 owner, u64 start, bool again,
		       bool sole);
/* Notes a connect that has no event, but overlaps other acts of the socket. */
void unraced_act_unseen(struct unraced_capture *capture, const struct sock *sk);
/* Moves the act of a thread or a request to the scratch memory. If there is none, scratch->acted becomes false. */
void unraced_act_take(struct unraced_capture *capture, struct unraced_scratch *scratch, u64 owner, u64 start);
/*
 * Returns whether no other act of the socket has overlapped this one so far. If so, the socket's state is the result of
 * this act.
 */
bool unraced_act_is_alone(struct unraced_capture *capture, const struct unraced_scratch *scratch);
/*
 * Judges the kernel's copy of the address of a connect whose socket is not described, as it reached no peer, or another
 * task has replaced the descriptor. It goes by the act in the scratch memory.
 */
void unraced_judge_undescribed(struct unraced_capture *capture, struct unraced_scratch *scratch);
/* Returns the enum unraced_heed of the act in the scratch memory. */
static inline u8 unraced_act_heed(const struct unraced_scratch *scratch)
{
	return scratch->acted ? scratch->act.heed : UNRACED_HEED_OF_ANOTHER;
}

/* Ends the act in the scratch memory. */
void unraced_act_end(struct unraced_capture *capture, struct unraced_scratch *scratch);
/* Ends an act that a thread or a request left behind. */
void unraced_act_discard(struct unraced_capture *capture, u64 owner, u64 start);

#endif
