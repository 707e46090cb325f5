/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_OUT_EMIT_H
#define UNRACED_OUT_EMIT_H

#include "call/arch.h"
#include "lib/capture.h"

/* The call number in the stash's key: the call and its convention. */
static inline u32 unraced_call_key(const struct unraced_arguments *arguments)
{
	return arguments->syscall << 8 | arguments->abi;
}

/* Starts a call anew from its registers. */
void unraced_rebuild(struct unraced_capture *capture, struct unraced_area *area,
		     const struct unraced_arguments *arguments, u32 mitigation);
/* Takes the current thread's entry into the area. Returns a length, or an enum unraced_take. */
int unraced_take(struct unraced_capture *capture, struct unraced_area *area, const struct unraced_arguments *arguments);
/* Does the same while the call runs: if the entry is missing, the reason stays for the return. */
int unraced_take_held(struct unraced_capture *capture, struct unraced_area *area,
		      const struct unraced_arguments *arguments);
void unraced_put(struct unraced_capture *capture, struct unraced_area *area);
/* Calls a function with the current thread's entry in place; see unraced_stash_touch(). */
bool unraced_touch_entry(struct unraced_capture *capture, const struct unraced_arguments *arguments,
			 unraced_touch *touch, const void *with);
/* Returns the flags that say why a call has no entry. */
u32 unraced_missed(int taken);
/* Describes the current thread as the caller. */
void unraced_describe_caller(struct unraced_record *record);
/* Returns whether a call whose result is known is to be written, and counts it as filtered or lost otherwise. */
bool unraced_is_wanted(struct unraced_capture *capture, struct unraced_area *area);
/* Numbers the record, and writes it. */
void unraced_send(struct unraced_capture *capture, struct unraced_area *area);
/* Describes what a call whose result is known acted on, and writes the record, unless it is to be left out. */
void unraced_finish(struct unraced_capture *capture, struct unraced_area *area);
/* Writes a record of the entry alone, and leaves the call as it is. */
void unraced_emit_enter(struct unraced_capture *capture, struct unraced_area *area);

#endif
