/* SPDX-License-Identifier: GPL-2.0-only */
/* Describes what a call really acted on, from the kernel's own objects. */
#ifndef UNRACED_OBJECT_RESOLVED_H
#define UNRACED_OBJECT_RESOLVED_H

#include <linux/fs.h>

#include "call/scratch.h"

/* Describes an opened file, and judges whether it has the requested path, unless that is known. */
void unraced_describe_file(struct unraced_scratch *scratch, struct file *file);
/*
 * Describes the socket of a connect if the call connected it, and judges the address unless that is done. The scratch
 * memory has the call's act. "own" is the number of references that the file has without another holder.
 */
void unraced_describe_connect(struct unraced_capture *capture, struct unraced_scratch *scratch, struct file *file,
			      long own);
/* Describes the object behind the call's descriptor, at the return. A call that failed has no file (R2.19). */
void unraced_describe_object(struct unraced_capture *capture, struct unraced_scratch *scratch);

#endif
