/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which connects of a socket overlap. The kernel runs every connect through __sys_connect_file(), whatever thread, process
 * or io_uring it is for, so a probe there sees them all, those that a filter leaves out as well. One such run is an act,
 * from the probe up to the return of the call, or the completion of the request. A socket is known by its struct sock, as
 * several descriptors of several processes can refer to it.
 */
#ifndef UNRACED_CONNECTS_H
#define UNRACED_CONNECTS_H

#include "arch.h"
#include "capture.h"

int unraced_connects_start(struct unraced_capture *capture);
void unraced_connects_stop(struct unraced_capture *capture);
/* Whether this kernel lets a probe into __sys_connect_file(). */
bool unraced_connects_can_probe(void);

/* Moves the act of a thread or a request to the area. Without one, area->acted is false. */
void unraced_act_take(struct unraced_capture *capture, struct unraced_area *area, u64 owner, u64 start);
/* Whether no other act of the socket overlapped this one so far; then what was read of the socket is of this act. */
bool unraced_act_is_alone(struct unraced_capture *capture, const struct unraced_area *area);
/* Ends the area's act. */
void unraced_act_end(struct unraced_capture *capture, struct unraced_area *area);
/* Ends what a thread or a request left behind. */
void unraced_act_forget(struct unraced_capture *capture, u64 owner, u64 start);

#endif
