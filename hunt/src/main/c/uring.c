/* SPDX-License-Identifier: Apache-2.0 */
/* Batches of requests on an io_uring. */
#include "hunter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/time_types.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ENTRIES 16
#define IDLE_MILLIS 20
#define SOCKADDR_IN 16
/* Of the ring's table of files; the slots of sockets are before it. */
#define DIRECT_SLOT (MAX_SLOTS - 1)

struct ring {
	int fd;
	bool polled;
	struct io_uring_sqe *requests;
	unsigned *tail, *mask, *array, *flags;
	unsigned *completed_head, *completed_tail, *completed_mask;
	struct io_uring_cqe *completions;
	/* The batch that is under way. */
	const struct op *batch;
	int pending, count;
	uint64_t begin;
	unsigned long mount_ns, cookies[ENTRIES];
};

/* The requests' marks by which an event is told from those of the same batch; none changes what is opened. */
static unsigned long tag_flags(int tag)
{
	static const unsigned long bits[] = { O_NOCTTY, O_CLOEXEC, O_NONBLOCK, O_APPEND };
	unsigned long flags = 0;

	for (int i = 0; i < 4; i++) {
		if (tag & 1 << i)
			flags |= bits[i];
	}
	return flags;
}

static struct ring *ring_open(bool polled)
{
	struct io_uring_params parameters;
	struct ring *ring = calloc(1, sizeof(*ring));
	int fd;

	memset(&parameters, 0, sizeof(parameters));
	/* A request that the kernel refuses does not keep those behind it from being taken. */
	parameters.flags = IORING_SETUP_SUBMIT_ALL;
	if (polled) {
		parameters.flags |= IORING_SETUP_SQPOLL;
		parameters.sq_thread_idle = IDLE_MILLIS;
	}
	fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &parameters);
	if (fd < 0) {
		free(ring);
		return NULL;
	}
	ring->fd = fcntl(fd, F_DUPFD_CLOEXEC, HIGH_FD);
	close(fd);
	ring->polled = polled;
	size_t submissions = parameters.sq_off.array + parameters.sq_entries * sizeof(unsigned);
	size_t completions = parameters.cq_off.cqes + parameters.cq_entries * sizeof(struct io_uring_cqe);
	size_t size = submissions > completions ? submissions : completions;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQ_RING);

	ring->requests = mmap(NULL, parameters.sq_entries * sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQES);
	if (memory == MAP_FAILED || ring->requests == MAP_FAILED) {
		close(ring->fd);
		free(ring);
		return NULL;
	}
	ring->tail = (unsigned *)(memory + parameters.sq_off.tail);
	ring->mask = (unsigned *)(memory + parameters.sq_off.ring_mask);
	ring->array = (unsigned *)(memory + parameters.sq_off.array);
	ring->flags = (unsigned *)(memory + parameters.sq_off.flags);
	ring->completed_head = (unsigned *)(memory + parameters.cq_off.head);
	ring->completed_tail = (unsigned *)(memory + parameters.cq_off.tail);
	ring->completed_mask = (unsigned *)(memory + parameters.cq_off.ring_mask);
	ring->completions = (struct io_uring_cqe *)(memory + parameters.cq_off.cqes);
	int slots[MAX_SLOTS];

	/* An empty slot is allowed in a table of registered files. */
	for (int i = 0; i < MAX_SLOTS; i++)
		slots[i] = program.slot_kinds[i] < 0 ? -1 : SLOT_FD + i;
	syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_FILES, slots, MAX_SLOTS);
	return ring;
}

static void register_slot(struct ring *ring, int slot)
{
	int fd = SLOT_FD + slot;
	struct io_uring_files_update update = { .offset = (unsigned)slot, .fds = (uintptr_t)&fd };

	syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_FILES_UPDATE, &update, 1);
}

static void fill(struct self *self, struct ring *ring, const struct op *op, int tag, int lowest)
{
	unsigned at = *ring->tail & *ring->mask;
	struct io_uring_sqe *request = &ring->requests[at];

	ring->array[at] = at;
	memset(request, 0, sizeof(*request));
	request->user_data = (unsigned long)tag;
	request->flags = (unsigned char)((op->link ? IOSQE_IO_LINK : 0) | (op->async ? IOSQE_ASYNC : 0));
	switch (op->verb) {
	case OPEN:
		request->fd = op->base == BASE_DIRECTORY ? DIRECTORY_FD + op->directory : AT_FDCWD;
		request->addr = (uintptr_t)op->page;
		if (op->call == CALL_OPENAT2) {
			request->opcode = IORING_OP_OPENAT2;
			request->len = 24;
			request->addr2 = (uintptr_t)(op->page + PAGE / 2);
			*(uint64_t *)(op->page + PAGE / 2) = op->flags | tag_flags(tag);
		} else {
			request->opcode = IORING_OP_OPENAT;
			request->open_flags = (unsigned)(op->flags | tag_flags(tag));
			request->len = op->mode;
		}
		/* The file goes into the ring's own table, and the result is 0. */
		if (op->direct)
			request->file_index = DIRECT_SLOT + 1;
		break;
	case CONNECT:
		request->opcode = IORING_OP_CONNECT;
		request->fd = op->fixed ? op->slot : SLOT_FD + op->slot;
		if (op->fixed) {
			register_slot(ring, op->slot);
			request->flags |= IOSQE_FIXED_FILE;
		}
		request->addr = (uintptr_t)op->page;
		request->addr2 = (unsigned long)(SOCKADDR_IN + tag);
		struct looked looked;

		look_at_socket(SLOT_FD + op->slot, &looked);
		ring->cookies[tag] = looked.cookie;
		break;
	case CLOSE:
		request->opcode = IORING_OP_CLOSE;
		request->fd = op->slot >= 0 ? SLOT_FD + op->slot : lowest + (int)op->value;
		append(self->log, "fd tab=%d b=%lu e=0 fd=%d\n", table_of(self), now(), request->fd);
		break;
	case TIMEOUT: {
		struct __kernel_timespec *time = (struct __kernel_timespec *)op->page;

		time->tv_sec = 0;
		time->tv_nsec = op->value * 1000;
		request->opcode = IORING_OP_TIMEOUT;
		request->addr = (uintptr_t)time;
		request->len = 1;
		request->timeout_flags = IORING_TIMEOUT_ETIME_SUCCESS;
		break;
	}
	default:
		request->opcode = IORING_OP_NOP;
		break;
	}
	__atomic_store_n(ring->tail, *ring->tail + 1, __ATOMIC_SEQ_CST);
}

static long enter(struct ring *ring, unsigned submitted, unsigned wanted)
{
	unsigned flags = wanted ? IORING_ENTER_GETEVENTS : 0;
	long done;

	if (ring->polled && __atomic_load_n(ring->flags, __ATOMIC_SEQ_CST) & IORING_SQ_NEED_WAKEUP)
		flags |= IORING_ENTER_SQ_WAKEUP;
	do {
		done = syscall(SYS_io_uring_enter, ring->fd, submitted, wanted, flags, NULL, 0);
		submitted = done >= 0 ? 0 : submitted;
	} while (done < 0 && errno == EINTR && !arena->stopped);
	return done;
}

static void log_batch(struct self *self, struct ring *ring, const int *results, uint64_t end)
{
	const char *via = ring->polled ? "sqpoll" : "ring";
	unsigned long current = self->mount_ns;
	int opens = 0;

	for (int i = 0; i < ring->count; i++)
		opens += ring->batch[i].verb == OPEN ? 1 : ring->batch[i].verb == CLOSE ? 2 : 0;
	self->mount_ns = ring->mount_ns;
	for (int i = 0; i < ring->count; i++) {
		const struct op *op = &ring->batch[i];

		if (op->verb == OPEN) {
			struct op *logged = &program.ops[op - program.ops];
			unsigned long flags = op->flags;

			logged->flags = flags | tag_flags(i);
			log_open(self, logged, op->async ? ring->polled ? "sqpoll" : "async" : via, results[i], ring->begin,
				 end, 1, i, opens == 1 && !op->direct);
			logged->flags = flags;
		} else if (op->verb == CONNECT) {
			struct looked looked;

			look_at_socket(SLOT_FD + op->slot, &looked);
			log_connect(self, op, via, op->fixed ? -1 : SLOT_FD + op->slot, (socklen_t)(SOCKADDR_IN + i),
				    results[i], ring->begin, end, 1, i, ring->cookies[i], &looked);
		}
	}
	self->mount_ns = current;
	for (int i = 0; i < ring->count; i++) {
		if (ring->batch[i].verb == OPEN && !ring->batch[i].direct && results[i] >= 0 && results[i] < SLOT_FD) {
			uint64_t begin = now();

			close(results[i]);
			append(self->log, "fd tab=%d b=%lu e=%lu fd=%d\n", table_of(self), begin, now(), results[i]);
		}
	}
}

static void reap(struct self *self, struct ring *ring)
{
	int results[ENTRIES] = { 0 };

	while (ring->pending) {
		if (*ring->completed_head == __atomic_load_n(ring->completed_tail, __ATOMIC_ACQUIRE)) {
			if (arena->stopped || enter(ring, 0, 1) < 0)
				return;
			continue;
		}
		struct io_uring_cqe *completion = &ring->completions[*ring->completed_head & *ring->completed_mask];

		results[completion->user_data % ENTRIES] = completion->res;
		__atomic_store_n(ring->completed_head, *ring->completed_head + 1, __ATOMIC_RELEASE);
		ring->pending--;
	}
	if (ring->batch)
		log_batch(self, ring, results, now());
	ring->batch = NULL;
}

static int lowest_descriptor(void)
{
	int lowest = dup(ROOT_FD);

	close(lowest);
	return lowest;
}

void act_ring(struct self *self, const struct op *op, const struct op *requests)
{
	struct ring *ring = self->rings[op->sqpoll];

	if (!ring)
		ring = self->rings[op->sqpoll] = ring_open(op->sqpoll);
	if (!ring || op->requests > ENTRIES)
		return;
	if (ring->pending)
		reap(self, ring);
	if (ring->pending)
		return;
	int lowest = lowest_descriptor();

	ring->begin = now();
	ring->mount_ns = self->mount_ns;
	ring->batch = requests;
	ring->count = ring->pending = op->requests;
	for (int i = 0; i < op->requests; i++)
		fill(self, ring, &requests[i], i, lowest);
	enter(ring, (unsigned)op->requests, 0);
	if (!op->no_wait)
		reap(self, ring);
}

void act_reap(struct self *self)
{
	for (int i = 0; i < 2; i++) {
		if (self->rings[i] && self->rings[i]->pending)
			reap(self, self->rings[i]);
	}
}

void close_rings(struct self *self)
{
	act_reap(self);
	for (int i = 0; i < 2; i++) {
		if (self->rings[i])
			close(self->rings[i]->fd);
		self->rings[i] = NULL;
	}
}
