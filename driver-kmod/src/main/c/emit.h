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
/* The same within a call: when there is no entry, the return can still ask why. */
int unraced_take_held(struct unraced_capture *capture, struct unraced_area *area,
		      const struct unraced_arguments *arguments);
void unraced_put(struct unraced_capture *capture, struct unraced_area *area);
/* Shows the current thread's entry to a function, where it lies; unraced_stash_touch() says more. */
bool unraced_touch_entry(struct unraced_capture *capture, const struct unraced_arguments *arguments,
			 unraced_touch *touch, const void *with);
/* Why a call has no entry, as flags. */
u32 unraced_missed(int taken);
/* Who calls: the current thread. */
void unraced_describe_caller(struct unraced_record *record);
/* Whether a call whose result is known is to be written; counts it otherwise. */
bool unraced_is_wanted(struct unraced_capture *capture, struct unraced_area *area);
/* Numbers the record, and writes it. */
void unraced_send(struct unraced_capture *capture, struct unraced_area *area);
/* Of a call whose result is known: describes what it acted on, and writes the record, unless it is one to leave out. */
void unraced_finish(struct unraced_capture *capture, struct unraced_area *area);
/* Writes a record of the entry alone. The call goes on as it is. */
void unraced_emit_enter(struct unraced_capture *capture, struct unraced_area *area);

#endif
