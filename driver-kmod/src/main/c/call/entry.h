/* SPDX-License-Identifier: GPL-2.0-only */
/* The stashes of a capture, and the current thread's entry in the stash of calls. */
#ifndef UNRACED_CALL_ENTRY_H
#define UNRACED_CALL_ENTRY_H

#include "call/arch.h"
#include "call/scratch.h"
#include "stash/stash.h"

/* Makes a stash for calls, of the configured size. */
struct unraced_stash *unraced_capture_new_stash(const struct unraced_capture *capture);
/* Makes a stash of short entries, each of this many bytes. With pairs, thread and start together are the key. */
struct unraced_stash *unraced_capture_new_table(u32 entries, u32 bytes, bool pairs);

/* The call number in the stash's key: the call and its convention. */
static inline u32 unraced_call_key(const struct unraced_arguments *arguments)
{
	return arguments->syscall << 8 | arguments->abi;
}

/* Starts a call anew from its registers. "filters" is the word of the filters that judge it. */
void unraced_entry_begin(struct unraced_capture *capture, struct unraced_scratch *scratch,
		     const struct unraced_arguments *arguments, u32 mitigation, u32 filters);
/* Takes the current thread's entry into the scratch memory. Returns its length, or an enum unraced_take. */
int unraced_entry_take(struct unraced_capture *capture, struct unraced_scratch *scratch,
		       const struct unraced_arguments *arguments);
/* Does the same while the call runs: if the entry is missing, the reason stays for the return. */
int unraced_entry_take_held(struct unraced_capture *capture, struct unraced_scratch *scratch,
		      const struct unraced_arguments *arguments);
void unraced_entry_put(struct unraced_capture *capture, struct unraced_scratch *scratch);
/* Calls a function with the current thread's entry in place; see unraced_stash_touch(). */
bool unraced_entry_touch(struct unraced_capture *capture, const struct unraced_arguments *arguments,
			 unraced_touch *touch, const void *with);
/* Returns the flags that say why a call has no entry. */
u32 unraced_entry_missed(int taken);

#endif
