/* SPDX-License-Identifier: GPL-2.0-only */
/* Connects of io_urings, which the kernel carries out as it does those of system calls. */
#ifndef UNRACED_IOURING_CONNECT_H
#define UNRACED_IOURING_CONNECT_H

#include "lib/capture.h"

/* Attaches to the kernel function that starts the connect of a request. */
void unraced_issue_start(struct unraced_capture *capture);
void unraced_issue_stop(struct unraced_capture *capture);
/* Returns, once, the request whose connect the current thread is about to run; null when there is none. */
const void *unraced_issued_request(struct unraced_capture *capture);
/* Returns the number of references to the socket's file while it has no other holder. */
long unraced_request_references(const void *request);
/* Gives a request the kernel's copy of its address. */
void unraced_request_address(struct unraced_capture *capture, const void *request, const void *copy, s32 length);

#endif
