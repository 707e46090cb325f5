/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of patching functions by ftrace that depend on the processor: the place, and the way on behind it. */
#ifndef UNRACED_LIB_PATCH_H
#define UNRACED_LIB_PATCH_H

#include <linux/types.h>

struct pt_regs;

/* Returns whether ftrace has a place at this address that it patches. */
bool unraced_is_patchable(unsigned long address);
/* Goes on in a function that takes these registers, at an address behind the place that ftrace patches. */
long unraced_patch_resume(struct pt_regs *regs, unsigned long address);

#endif
