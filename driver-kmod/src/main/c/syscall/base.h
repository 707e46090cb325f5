/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Root and working directory of calls whose entry is in no stash, as in mode off (R2.46). Where no other task has them,
 * only the thread itself could change the mount namespace that they lie in, and it is in the call. Otherwise the
 * kernel's count of their changes is noted at the entry, in a table of its own.
 */
#ifndef UNRACED_SYSCALL_BASE_H
#define UNRACED_SYSCALL_BASE_H

#include <linux/types.h>

#include "call/call.h"
#include "lib/capture.h"

/* Makes the table. Returns whether there was memory for it. */
bool unraced_base_init(struct unraced_capture *capture);
/* Notes the count for the call that enters. */
void unraced_base_note(struct unraced_capture *capture);
/*
 * Puts what was noted at the entry, of which this trace is left, into the call. The count is compared only after root
 * and working directory have been looked at: who moved them away before the entry may move them back in between.
 */
void unraced_base_take(struct unraced_capture *capture, u8 trace, struct unraced_call *call);

#endif
