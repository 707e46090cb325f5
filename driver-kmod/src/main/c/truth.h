/* SPDX-License-Identifier: GPL-2.0-only */
/* What a call really acted on, from the kernel's own objects, and whether the claim holds. */
#ifndef UNRACED_TRUTH_H
#define UNRACED_TRUTH_H

#include <linux/fs.h>

#include "capture.h"

/* Where the path starts, remembered at entry: later, descriptor or working directory may be another. */
void unraced_remember_start(struct unraced_call *call);
/* Whether other tasks use the same descriptors, and so could put another file where this call puts its own. */
bool unraced_descriptors_shared(void);
/* The file of a descriptor, or null. It has a reference of its own, to be given back, only if the table is shared. */
struct file *unraced_file_of(unsigned int descriptor, bool shared);
void unraced_give_file(struct file *file, bool shared);
/* Describes an opened file; whether it sits where the claim says, as well, unless that is known. */
void unraced_describe_file(struct unraced_area *area, struct file *file);
/*
 * Describes the socket of a connect if it is the one that the call connected, and judges the address unless that is done.
 * The area has the call's act.
 */
void unraced_describe_connect(struct unraced_capture *capture, struct unraced_area *area, struct file *file);
/* Whether the kernel says by this result that the socket has a peer, or is about to. */
bool unraced_has_peer(s64 result);
/* The object behind the call's descriptor, at the return. */
void unraced_describe_object(struct unraced_capture *capture, struct unraced_area *area);

#endif
