/* SPDX-License-Identifier: Apache-2.0 */
/* A minimal io_uring, without liburing. */
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

/* Returns false, with errno, where this kernel has no io_uring. Polled rings have an SQPOLL thread. */
bool ring_open(struct ring *ring, bool polled);
/* The task work of this ring runs only in ring_enter(), when that waits. */
bool ring_open_deferred(struct ring *ring);
void ring_close(struct ring *ring);
/* Returns the next free request. ring_push() makes it visible to the kernel. */
struct io_uring_sqe *ring_next(struct ring *ring);
void ring_push(struct ring *ring);
/* Submits the pushed requests and waits for that many completions. Returns -errno when it fails. */
long ring_enter(struct ring *ring, unsigned submitted, unsigned wanted);

/* The end of a request. */
struct completion {
	unsigned long long user_data;
	int result;
};

/* Waits for the next completion, and takes it. */
struct completion ring_await(struct ring *ring);
/* Has a TCP socket begin an attempt to the address, by a SENDMSG of one byte with MSG_FASTOPEN. */
void ring_attempt(struct ring *ring, int fd, const void *address, size_t length);

#endif
