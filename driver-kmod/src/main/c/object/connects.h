/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Detects which connects of a socket overlap. The kernel runs every connect through __sys_connect_file(), whatever
 * thread, process or io_uring it is for. So a probe there sees all connects, including those that a filter leaves out.
 * Such a run is an act, from the probe up to the return of the call, or the completion of the request. A socket is
 * identified by its struct sock, as several descriptors of several processes can refer to it.
 */
#ifndef UNRACED_OBJECT_CONNECTS_H
#define UNRACED_OBJECT_CONNECTS_H

#include "call/arch.h"
#include "lib/capture.h"

int unraced_connects_start(struct unraced_capture *capture);
void unraced_connects_stop(struct unraced_capture *capture);
/* Returns whether this kernel accepts a probe on __sys_connect_file(). */
bool unraced_connects_can_probe(void);

/* Moves the act of a thread or a request to the area. If there is none, area->acted becomes false. */
void unraced_act_take(struct unraced_capture *capture, struct unraced_area *area, u64 owner, u64 start);
/*
 * Returns whether no other act of the socket has overlapped this one so far. If so, the socket's state is the result of
 * this act.
 */
bool unraced_act_is_alone(struct unraced_capture *capture, const struct unraced_area *area);
/* Ends the area's act. */
void unraced_act_end(struct unraced_capture *capture, struct unraced_area *area);
/* Ends an act that a thread or a request left behind. */
void unraced_act_forget(struct unraced_capture *capture, u64 owner, u64 start);

#endif
