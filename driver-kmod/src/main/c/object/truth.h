/* SPDX-License-Identifier: GPL-2.0-only */
/* Describes what a call really acted on, from the kernel's own objects, and judges the claim. */
#ifndef UNRACED_OBJECT_TRUTH_H
#define UNRACED_OBJECT_TRUTH_H

#include <linux/fs.h>

#include "lib/capture.h"

/* Remembers at entry where the path starts: the descriptor or working directory may change later. */
void unraced_remember_start(struct unraced_call *call);
/* Returns whether other tasks use the same descriptors, and so could replace the file of this call. */
bool unraced_descriptors_shared(void);
/* Returns the file of a descriptor, or null. Only if the table is shared, it takes a reference, to be given back. */
struct file *unraced_file_of(unsigned int descriptor, bool shared);
void unraced_give_file(struct file *file, bool shared);
/* Describes an opened file, and judges whether it is where the claim says, unless that is known. */
void unraced_describe_file(struct unraced_area *area, struct file *file);
/*
 * Describes the socket of a connect if the call connected it, and judges the address unless that is done. The area has
 * the call's act.
 */
void unraced_describe_connect(struct unraced_capture *capture, struct unraced_area *area, struct file *file);
/* Returns whether this result means that the socket has a peer, or is about to have one. */
bool unraced_has_peer(s64 result);
/* Describes the object behind the call's descriptor, at the return. */
void unraced_describe_object(struct unraced_capture *capture, struct unraced_area *area);

#endif
