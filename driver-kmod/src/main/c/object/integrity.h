/* SPDX-License-Identifier: GPL-2.0-only */
/* Judges the requested path or address by the object that the call reached. */
#ifndef UNRACED_OBJECT_INTEGRITY_H
#define UNRACED_OBJECT_INTEGRITY_H

#include <linux/fs.h>

#include "call/scratch.h"

/*
 * Returns whether there is nothing to judge: integrity is off (R2.38), there is no path or address, or it is judged
 * already.
 */
bool unraced_is_judged(const struct unraced_call *call);
/* Judges the requested path by the walk from the opened file; returns an enum unraced_integrity. */
u8 unraced_judge_path(struct unraced_scratch *scratch, const struct unraced_walk *walk, struct file *file);
/* Judges the requested address by that of the peer, once the record has it (R2.16). */
u8 unraced_judge_connect(const struct unraced_scratch *scratch);

#endif
