/* SPDX-License-Identifier: Apache-2.0 */
/* The rings of each thread, and the ring that all processes share. */
#include "ring.h"

#include <linux/time_types.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

/* One thread submits at a time, while other threads wait for its completions. */
static void act_shared(struct self *self, const struct op *op, const struct op *requests)
{
	struct ring *ring = arena->shared_ring;

	if (!ring)
		return;
	while (__atomic_exchange_n(&ring->lock, 1, __ATOMIC_ACQUIRE)) {
		if (arena->stopped)
			return;
		sched_yield();
	}
	run_batch(self, ring, op, requests);
	__atomic_store_n(&ring->lock, 0, __ATOMIC_RELEASE);
}

void open_shared_ring(void)
{
	for (int i = 0; i < program.ops_count; i++) {
		if (program.ops[i].shared && !arena->shared_ring)
			arena->shared_ring = ring_open(PLAIN_RING);
	}
}

void await_shared_ring(void)
{
	struct ring *ring = arena->shared_ring;
	struct __kernel_timespec patience = { .tv_nsec = LEAVE_NANOS };
	struct io_uring_getevents_arg argument = { .ts = (uintptr_t)&patience };

	if (!ring)
		return;
	__atomic_fetch_add(&ring->waiting, 1, __ATOMIC_SEQ_CST);
	syscall(SYS_io_uring_enter, ring->fd, 0, 1, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &argument,
		sizeof(argument));
	take(ring);
	__atomic_fetch_sub(&ring->waiting, 1, __ATOMIC_SEQ_CST);
}

void act_ring(struct self *self, const struct op *op, const struct op *requests)
{
	enum ring_kind kind = op->sqpoll   ? POLLED_RING :
			      op->small    ? SMALL_RING :
			      op->deferred ? DEFERRED_RING :
					     PLAIN_RING;
	struct ring *ring = self->rings[kind];

	if (op->requests > ENTRIES)
		return;
	if (op->shared) {
		act_reap(self);
		act_shared(self, op, requests);
		return;
	}
	/* With two batches at once the judge could not assign their events, so the earlier batch ends first. */
	act_reap(self);
	if (!ring)
		ring = self->rings[kind] = ring_open(kind);
	if (!ring)
		return;
	if (!ring->batch)
		run_batch(self, ring, op, requests);
}

void act_reap(struct self *self)
{
	for (int i = 0; i < RINGS; i++) {
		if (self->rings[i] && self->rings[i]->batch)
			reap(self, self->rings[i]);
	}
}

/* Sends nothing elsewhere by MSG_FASTOPEN. The ring holds the socket as a registered file until this returns. */
void send_by_ring(struct self *self, int fd, const struct address *to)
{
	struct msghdr message = { .msg_name = (void *)(uintptr_t)&to->bytes, .msg_namelen = to->length };
	int none = -1;

	act_reap(self);
	if (!self->rings[0])
		self->rings[0] = ring_open(PLAIN_RING);
	if (!self->rings[0])
		return;
	register_file(self->rings[0], ATTEMPT_SLOT, fd);
	fill_attempt(self->rings[0], &message);
	enter(self->rings[0], 1, 0);
	enter(self->rings[0], 0, 1);
	take(self->rings[0]);
	register_file(self->rings[0], ATTEMPT_SLOT, none);
}

void close_rings(struct self *self)
{
	act_reap(self);
	for (int i = 0; i < RINGS; i++) {
		if (self->rings[i])
			close(self->rings[i]->fd);
		self->rings[i] = NULL;
	}
}
