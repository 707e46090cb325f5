/* SPDX-License-Identifier: Apache-2.0 */
/* An io_uring, and the batch that is under way on it. */
#ifndef UNRACED_HUNT_RING_H
#define UNRACED_HUNT_RING_H

#include "hunter.h"

#include <linux/io_uring.h>

#define ENTRIES 16
#define SMALL_ENTRIES 2
#define SOCKADDR_IN 16
/* Indices in a ring's table of files: the slots of sockets come before them. */
#define DIRECT_SLOT (MAX_SLOTS - 1)
#define ATTEMPT_SLOT (MAX_SLOTS - 2)
/* A submitter leaves the waiting for completions to other threads for this long. */
#define LEAVE_NANOS 300000

struct ring {
	int fd;
	bool polled, small;
	/* The shared ring has a lock for a whole batch, a lock for taking completions, and a count of waiters. */
	int lock, taking, waiting;
	struct io_uring_sqe *requests;
	unsigned *head, *tail, *mask, *array, *flags;
	unsigned *completed_head, *completed_tail, *completed_mask;
	struct io_uring_cqe *completions;
	/* The batch that is under way. */
	const struct op *batch;
	int pending, count;
	/* One bit for each request that may get no completion. */
	unsigned unsure;
	unsigned long number;
	int results[ENTRIES];
	bool told[ENTRIES];
	/* The lowest free descriptor before the batch, and a bit for each descriptor from there that was in use. */
	int lowest;
	unsigned used;
	uint64_t begin;
	unsigned long mount_ns, cookies[ENTRIES];
};

/* uring.c */
struct ring *ring_open(enum ring_kind kind);
void fill(struct self *self, struct ring *ring, const struct op *op, int tag, int lowest);
void fill_attempt(struct ring *ring, const struct msghdr *message);
void register_file(struct ring *ring, int index, int fd);
long enter(struct ring *ring, unsigned submitted, unsigned wanted);
unsigned long tag_flags(int tag);

/* batch.c */
unsigned long user_data(const struct ring *ring, int tag);
void take(struct ring *ring);
void reap(struct self *self, struct ring *ring);
void run_batch(struct self *self, struct ring *ring, const struct op *op, const struct op *requests);

#endif
