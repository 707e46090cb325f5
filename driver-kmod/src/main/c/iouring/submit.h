/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests of io_urings (R1.14). When the kernel reports a submission (io_submit_sqe() of io_uring/io_uring.c), it has
 * copied the path and the flags of an open, so these values are its own copy (R2.40). The address of a connect is a
 * snapshot then. The kernel's copy replaces it when the request runs: io_connect() names the request, and
 * __sys_connect_file() gets the copy, on the same thread. The thread that runs a request, or reports its completion,
 * may be another than the submitter.
 *
 * All of these probes run in the context of a thread.
 */
#ifndef UNRACED_IOURING_SUBMIT_H
#define UNRACED_IOURING_SUBMIT_H

#include <linux/types.h>

struct io_kiocb;
struct io_uring_sqe;

/* io_uring_submit_req, io_uring_req_failed and io_uring_queue_async_work call these. Their data is the capture. */
void unraced_on_submit(void *data, struct io_kiocb *req);
void unraced_on_refuse(void *data, const struct io_uring_sqe *sqe, struct io_kiocb *req, int error);
void unraced_on_punt(void *data, struct io_kiocb *req, int rw);

#endif
