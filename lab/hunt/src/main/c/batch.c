/* SPDX-License-Identifier: Apache-2.0 */
/* Batches of requests on an io_uring, and their completions. */
#include "ring.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

/* A batch with requests that ask for no completion waits this long for completions before it is logged. */
#define QUIET_NANOS 300000
#define QUIET_NANOS_OF_WORKERS 2000000
#define LAST_NANOS 500000000

/* No other request of the program has this number. */
unsigned long user_data(const struct ring *ring, int tag)
{
	return ring->number * ENTRIES + (unsigned long)tag;
}

static void log_request(struct self *self, struct ring *ring, int i, uint64_t end, bool look)
{
	const char *via = ring->polled ? "sqpoll" : "ring";
	/* Only the actor that owns this op reads and writes it. */
	struct op *op = &program.ops[ring->batch - program.ops + i];
	unsigned long flags = op->flags;

	op->quiet = !ring->told[i];
	self->user_data = user_data(ring, i);
	if (op->verb == OPEN) {
		op->flags = flags | tag_flags(i);
		log_open(self, op, op->async ? ring->polled ? "sqpoll" : "async" : via,
			 ring->results[i], ring->begin, end,
			 1, i, look && !op->direct && !op->quiet);
		op->flags = flags;
	} else if (op->verb == CONNECT) {
		struct looked looked;

		look_at_socket(SLOT_FD + op->slot, &looked);
		log_connect(self, op, via, op->fixed ? -1 : SLOT_FD + op->slot, (socklen_t)(SOCKADDR_IN + i),
			    ring->results[i], ring->begin, end, 1, i, ring->cookies[i], &looked);
	}
	self->user_data = 0;
}

static void close_opened(struct self *self, int fd)
{
	uint64_t begin = now();

	close(fd);
	append(self->log, "fd tab=%d b=%lu e=%lu fd=%d\n", table_of(self), begin, now(), fd);
}

static unsigned in_use(int lowest)
{
	unsigned used = 0;

	for (int i = 0; i < ENTRIES; i++)
		used |= fcntl(lowest + i, F_GETFD) < 0 ? 0 : 1u << i;
	return used;
}

static void log_batch(struct self *self, struct ring *ring, uint64_t end)
{
	unsigned long current = self->mount_ns;
	int opens = 0;

	for (int i = 0; i < ring->count; i++)
		opens += ring->batch[i].verb == OPEN ? 1 : ring->batch[i].verb == CLOSE ? 2 : 0;
	self->mount_ns = ring->mount_ns;
	for (int i = 0; i < ring->count; i++)
		log_request(self, ring, i, end, opens == 1);
	self->mount_ns = current;
	for (int i = 0; i < ring->count; i++) {
		if (ring->batch[i].verb == OPEN && !ring->batch[i].direct && ring->told[i] && ring->results[i] >= 0 &&
		    ring->results[i] < SLOT_FD)
			close_opened(self, ring->results[i]);
	}
	/* Requests without a completion may have opened descriptors, which are found as newly in use. */
	unsigned opened = ring->unsure ? in_use(ring->lowest) & ~ring->used : 0;

	for (int i = 0; i < ENTRIES; i++) {
		if (opened & 1u << i && ring->lowest + i < ARENA_FD)
			close_opened(self, ring->lowest + i);
	}
}

/* Takes all completions that are there; several threads can do so at once. */
void take(struct ring *ring)
{
	while (__atomic_exchange_n(&ring->taking, 1, __ATOMIC_ACQUIRE))
		sched_yield();
	while (*ring->completed_head != __atomic_load_n(ring->completed_tail, __ATOMIC_ACQUIRE)) {
		struct io_uring_cqe *completion = &ring->completions[*ring->completed_head & *ring->completed_mask];
		int tag = (int)(completion->user_data % ENTRIES);

		/* A completion after the quiet time belongs to an earlier batch, which is in the log already. */
		if (completion->user_data / ENTRIES == ring->number && !ring->told[tag]) {
			ring->results[tag] = completion->res;
			ring->told[tag] = true;
			if (!(ring->unsure & 1u << tag))
				__atomic_fetch_sub(&ring->pending, 1, __ATOMIC_SEQ_CST);
		}
		__atomic_store_n(ring->completed_head, *ring->completed_head + 1, __ATOMIC_RELEASE);
	}
	__atomic_store_n(&ring->taking, 0, __ATOMIC_RELEASE);
}

static bool any_worker(const struct ring *ring)
{
	bool any = ring->polled;

	for (int i = 0; i < ring->count; i++)
		any = any || ring->batch[i].async || ring->batch[i].link;
	return any;
}

/* Waits until the polling thread, which a busy machine can keep waiting for long, has submitted the batch. */
static void await_submission(struct ring *ring, uint64_t patience)
{
	while (ring->polled && __atomic_load_n(ring->head, __ATOMIC_ACQUIRE) != *ring->tail && now() < patience) {
		enter(ring, 0, 0);
		sched_yield();
	}
}

void reap(struct self *self, struct ring *ring)
{
	uint64_t since = now();

	for (take(ring); __atomic_load_n(&ring->pending, __ATOMIC_SEQ_CST); take(ring)) {
		/* A batch that completes has to be logged even when the world stops, so this waits a little longer. */
		if (arena->stopped && now() > since + LAST_NANOS)
			return;
		if (__atomic_load_n(&ring->waiting, __ATOMIC_SEQ_CST) && now() < since + LEAVE_NANOS)
			sched_yield();
		else if (enter(ring, 0, 1) < 0)
			return;
	}
	if (ring->unsure) {
		await_submission(ring, since + LAST_NANOS);
		uint64_t quiet = now() + (any_worker(ring) ? QUIET_NANOS_OF_WORKERS : QUIET_NANOS);

		while (now() < quiet) {
			enter(ring, 0, 0);
			take(ring);
		}
	}
	if (ring->batch)
		log_batch(self, ring, now());
	ring->batch = NULL;
}

static int lowest_descriptor(void)
{
	int lowest = dup(ROOT_FD);

	close(lowest);
	return lowest;
}

/* A request surely gets a completion unless it, or an earlier request of its chain, asks for none. */
static void begin_batch(struct self *self, struct ring *ring, const struct op *requests, int count)
{
	bool silent = false;

	ring->begin = now();
	ring->mount_ns = self->mount_ns;
	ring->batch = requests;
	ring->count = count;
	ring->number = __atomic_add_fetch(&arena->batches, 1, __ATOMIC_SEQ_CST);
	ring->pending = 0;
	ring->unsure = 0;
	memset(ring->told, 0, sizeof(ring->told));
	memset(ring->results, 0, sizeof(ring->results));
	for (int i = 0; i < count; i++) {
		const struct op *op = &requests[i];

		silent = silent || op->skip;
		ring->pending += !silent;
		ring->unsure |= silent ? 1u << i : 0;
		silent = silent && op->link;
	}
	ring->lowest = lowest_descriptor();
	ring->used = ring->unsure ? in_use(ring->lowest) : 0;
}

void run_batch(struct self *self, struct ring *ring, const struct op *op, const struct op *requests)
{
	unsigned filled = 0;

	begin_batch(self, ring, requests, op->requests);
	for (int i = 0; i < op->requests; i++) {
		fill(self, ring, &requests[i], i, ring->lowest);
		/* The kernel keeps completions that have no room in the small ring. */
		if (++filled == SMALL_ENTRIES && ring->small) {
			enter(ring, filled, 0);
			filled = 0;
		}
	}
	if (filled)
		enter(ring, filled, 0);
	if (!op->no_wait || op->shared)
		reap(self, ring);
}
