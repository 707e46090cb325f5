/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests of io_urings: the functions that the other hooks call. */
#ifndef UNRACED_IOURING_REQUESTS_H
#define UNRACED_IOURING_REQUESTS_H

#include "lib/capture.h"

/* Returns, once, the request whose connect the current thread is about to run; null when there is none. */
const void *unraced_requests_issued(struct unraced_capture *capture);
/* Returns the number of references to the socket's file while it has no other holder. */
long unraced_requests_references(const void *request);
/* Gives a request the kernel's copy of its address. */
void unraced_requests_address(struct unraced_capture *capture, const void *request, const void *copy, s32 length);

#endif
