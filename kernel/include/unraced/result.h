/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The meaning of a call's result. */
#ifndef UNRACED_RESULT_H
#define UNRACED_RESULT_H

#include "unraced/base.h"
#include "unraced/record.h"

/*
 * Returns whether the result of a connect means that the socket has a peer, or is about to have
 * one.
 */
UNRACED_INLINE bool unraced_has_peer(__s64 result)
{
	return result == 0 || result == -EINPROGRESS || result == -EALREADY || result == -EISCONN;
}

/*
 * Returns whether the peer after a connect can be the one that the call asked for. After other results
 * it is the peer of an earlier call, whatever address this one passed.
 */
UNRACED_INLINE bool unraced_chose_peer(__s64 result)
{
	return result == 0 || result == -EINPROGRESS;
}

/* Returns whether a call has failed. The flags are those of its record: enum unraced_flag. */
UNRACED_INLINE bool unraced_has_failed(__u8 syscall, __u32 flags, __s64 result)
{
	/* A connect under way has not failed, and its later end makes no event. */
	bool under_way = syscall == UNRACED_CONNECT && result == -EINPROGRESS;

	return (flags & UNRACED_NOT_EXECUTED) || (result < 0 && !under_way);
}

#endif
