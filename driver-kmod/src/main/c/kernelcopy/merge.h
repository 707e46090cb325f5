/* SPDX-License-Identifier: GPL-2.0-only */
/* Merges the kernel's own copies into the call that the current thread is in. */
#ifndef UNRACED_KERNELCOPY_MERGE_H
#define UNRACED_KERNELCOPY_MERGE_H

#include "call/arch.h"
#include "call/scratch.h"

/* Returns the current thread's call if this capture saw its entry. */
bool unraced_current_call(struct unraced_capture *capture, struct unraced_arguments *arguments);
/*
 * Brings the call, as far as it is known, to the scratch memory. The return reads what is missing, unless this copy has
 * it. A call keeps the mode under which it entered (R12.2).
 */
bool unraced_begin_copy(struct unraced_capture *capture, struct unraced_scratch *scratch,
			const struct unraced_arguments *arguments);
bool unraced_wants_copy(const struct unraced_call *call);
/* Puts the kernel's copy in the place of what the entry read. */
void unraced_replace_by_copy(struct unraced_call *call, const void *copy, u32 length);

#endif
