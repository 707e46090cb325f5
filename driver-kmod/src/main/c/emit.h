/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_EMIT_H
#define UNRACED_EMIT_H

#include "arch.h"
#include "capture.h"

/* The call number that the stash knows: of a call by one convention. */
static inline u32 unraced_call_key(const struct unraced_arguments *arguments)
{
	return arguments->syscall << 8 | arguments->abi;
}

/* Starts a call anew from its registers, and remembers where its path starts once that is read. */
void unraced_rebuild(struct unraced_capture *capture, struct unraced_area *area,
		     const struct unraced_arguments *arguments, u32 mitigation);
/* Takes the current thread's entry into the area: a length, or one of enum unraced_take. */
int unraced_take(struct unraced_capture *capture, struct unraced_area *area, const struct unraced_arguments *arguments);
void unraced_put(struct unraced_capture *capture, struct unraced_area *area);
/* Why a call has no entry, as flags. */
u32 unraced_missed(int taken);
/* Completes the record by who calls, and writes it. */
void unraced_emit(struct unraced_capture *capture, struct unraced_area *area);

#endif
