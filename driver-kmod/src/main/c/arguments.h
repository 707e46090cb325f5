/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading what a call's pointers point to, without faulting: the page may be absent, or come later. */
#ifndef UNRACED_ARGUMENTS_H
#define UNRACED_ARGUMENTS_H

#include "capture.h"

/* Path or address, openat2's how and the block of a socketcall(2): as far as the call does not have them. */
void unraced_read_pointers(struct unraced_call *call, u8 provenance);
/* FAULTED when something that a pointer leads to was tried in vain; 0 otherwise. */
u32 unraced_faulted(const struct unraced_call *call);
/* What was unreadable at entry may be readable at the return; FAULTED says that it was tried. */
void unraced_read_again(struct unraced_call *call);
/* Says CHANGED of what is another in memory now than at entry. */
void unraced_look_for_changes(struct unraced_area *area);

#endif
