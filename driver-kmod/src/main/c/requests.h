/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests of io_urings: what the other hooks ask of them. */
#ifndef UNRACED_REQUESTS_H
#define UNRACED_REQUESTS_H

#include "capture.h"

/* The request whose connect the current thread is about to carry out, once; null when there is none. */
const void *unraced_requests_issued(struct unraced_capture *capture);
/* References to the socket's file while nobody else holds it. */
long unraced_requests_references(const void *request);
/* The kernel's copy of the request's address. */
void unraced_requests_address(struct unraced_capture *capture, const void *request, const void *copy, s32 length);

#endif
