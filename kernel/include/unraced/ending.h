/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Judges whether a request of an io_uring has ended, from its memory. When a ring has no room for a
 * completion, the kernel reports only the ring, the user_data and the result, and whoever fills the
 * ring chooses all three. So a driver finds the requests that the report can be about, and asks of
 * each whether this result in its memory is its own.
 */
#ifndef UNRACED_ENDING_H
#define UNRACED_ENDING_H

#include "unraced/base.h"

enum unraced_ending {
	UNRACED_IN_FLIGHT,
	UNRACED_DOUBTFUL, /* a waiting connect that was woken looks the same as one that succeeded */
	UNRACED_UNCLEAR, /* the memory looked the same at the submission */
	UNRACED_OVER,
};

/* A driver knows this of an open whose result lies in its memory. */
enum unraced_run {
	UNRACED_RUN_UNKNOWN,
	UNRACED_HAS_RUN,
	UNRACED_HAS_NOT_RUN,
};

/*
 * Judges a connect. Its socket's descriptor lies beside the result until it ends, and was "before"
 * at the submission. A connect that waits for its socket has the events of the poll as its result
 * (io_poll_check_events() of io_uring/poll.c), or 0 when it was cancelled. No connect ends with a
 * positive result.
 */
UNRACED_INLINE enum unraced_ending unraced_connect_ending(__s32 result, __s32 before, __u32 beside,
							  bool waited)
{
	if (beside || result > 0)
		return UNRACED_IN_FLIGHT;
	if (waited && !result)
		return UNRACED_DOUBTFUL;
	return before ? UNRACED_OVER : UNRACED_UNCLEAR;
}

/*
 * Judges an open, in whose memory the result "before" lay at the submission. "refusal" is the error
 * with which the kernel refused it then, or 0. One that has not run can only have been cancelled.
 */
UNRACED_INLINE enum unraced_ending unraced_open_ending(__s32 result, __s32 before, __s32 refusal,
						       enum unraced_run run)
{
	if (run == UNRACED_HAS_RUN || (refusal && result == refusal))
		return UNRACED_OVER;
	if (run == UNRACED_HAS_NOT_RUN && result != -ECANCELED)
		return UNRACED_IN_FLIGHT;
	return before == result ? UNRACED_UNCLEAR : UNRACED_OVER;
}

#endif
