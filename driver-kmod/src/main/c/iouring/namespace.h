/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mount namespace in which a request ran (R2.46). A request can wait until its submitter has moved to another one,
 * and an old worker stays in the one that its submitter has left. The number of a namespace, and then its memory, can
 * be given to another one when it is gone, so the module counts how often each number was given up.
 */
#ifndef UNRACED_IOURING_NAMESPACE_H
#define UNRACED_IOURING_NAMESPACE_H

#include "call/call.h"
#include "iouring/types.h"
#include "lib/capture.h"

#ifdef UNRACED_READS_IO_URING

/* Attaches to the kernel function that gives up a number. Returns false when there is no memory for the counts. */
bool unraced_namespaces_start(struct unraced_capture *capture);
void unraced_namespaces_stop(struct unraced_capture *capture);
/* Notes the namespace of the current thread, which submits the request. Its number is in the record. */
void unraced_note_namespace(struct unraced_capture *capture, struct unraced_call *call);
/*
 * Sets FOREIGN_MOUNT_NS if the request, whose end the current thread reports, has run in another namespace than that of
 * its submission, or may have, and no file proves the contrary. "call" has its file, if it has one. A connect whose
 * socket may not be a UNIX one has no path.
 */
void unraced_compare_request(struct unraced_capture *capture, struct unraced_call *call, bool may_be_unix);

#endif

#endif
