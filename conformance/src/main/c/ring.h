/* SPDX-License-Identifier: Apache-2.0 */
/* An io_uring of the smallest kind, without the library. */
#ifndef UNRACED_RING_H
#define UNRACED_RING_H

#include <linux/io_uring.h>
#include <stdbool.h>
#include <stddef.h>

#define RING_ENTRIES 16

struct ring {
	int fd;
	bool polled;
	void *memory;
	size_t size;
	struct io_uring_sqe *requests;
	unsigned *tail;
	unsigned *mask;
	unsigned *array;
	unsigned *flags;
	unsigned *completed_head;
	unsigned *completed_tail;
	unsigned *completed_mask;
	struct io_uring_cqe *completions;
};

/* False with errno where this kernel has none; polled means that a thread of the kernel's takes the requests. */
bool ring_open(struct ring *ring, bool polled);
void ring_close(struct ring *ring);
/* The next free request. It counts once ring_push() has been called. */
struct io_uring_sqe *ring_next(struct ring *ring);
void ring_push(struct ring *ring);
/* Hands over what was pushed, and waits for so many completions; -errno when it fails. */
long ring_enter(struct ring *ring, unsigned submitted, unsigned wanted);

#endif
