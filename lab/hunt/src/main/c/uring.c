/* SPDX-License-Identifier: Apache-2.0 */
/* Rings: how they begin, and how requests come onto them. */
#include "ring.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/time_types.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define IDLE_MILLIS 20

/* Flags that encode a request's number in its batch for the judge; none changes which file is opened. */
unsigned long tag_flags(int tag)
{
	static const unsigned long bits[] = { O_NOCTTY, O_CLOEXEC, O_NONBLOCK, O_APPEND };
	unsigned long flags = 0;

	for (int i = 0; i < 4; i++) {
		if (tag & 1 << i)
			flags |= bits[i];
	}
	return flags;
}

struct ring *ring_open(enum ring_kind kind)
{
	bool polled = kind == POLLED_RING, small = kind == SMALL_RING;
	struct io_uring_params parameters;
	struct ring *ring = mmap(NULL, sizeof(*ring), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int fd;

	memset(&parameters, 0, sizeof(parameters));
	/* The kernel takes the requests behind a request that it refuses, too. */
	parameters.flags = IORING_SETUP_SUBMIT_ALL;
	if (polled) {
		parameters.flags |= IORING_SETUP_SQPOLL;
		parameters.sq_thread_idle = IDLE_MILLIS;
	}
	if (small) {
		parameters.flags |= IORING_SETUP_CQSIZE;
		parameters.cq_entries = SMALL_ENTRIES;
	}
	if (kind == DEFERRED_RING)
		parameters.flags |= IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
	fd = (int)syscall(SYS_io_uring_setup, small ? SMALL_ENTRIES : ENTRIES, &parameters);
	if (fd < 0 || ring == MAP_FAILED)
		return NULL;
	ring->fd = fcntl(fd, F_DUPFD_CLOEXEC, HIGH_FD);
	close(fd);
	ring->polled = polled;
	ring->small = small;
	size_t submissions = parameters.sq_off.array + parameters.sq_entries * sizeof(unsigned);
	size_t completions = parameters.cq_off.cqes + parameters.cq_entries * sizeof(struct io_uring_cqe);
	size_t size = submissions > completions ? submissions : completions;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd,
			    IORING_OFF_SQ_RING);

	ring->requests = mmap(NULL, parameters.sq_entries * sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQES);
	if (memory == MAP_FAILED || ring->requests == MAP_FAILED) {
		close(ring->fd);
		return NULL;
	}
	ring->head = (unsigned *)(memory + parameters.sq_off.head);
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

void register_file(struct ring *ring, int index, int fd)
{
	struct io_uring_files_update update = { .offset = (unsigned)index, .fds = (uintptr_t)&fd };

	syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_FILES_UPDATE, &update, 1);
}

static struct io_uring_sqe *next_request(struct ring *ring)
{
	unsigned at = *ring->tail & *ring->mask;

	ring->array[at] = at;
	memset(&ring->requests[at], 0, sizeof(ring->requests[at]));
	return &ring->requests[at];
}

static void publish(struct ring *ring)
{
	__atomic_store_n(ring->tail, *ring->tail + 1, __ATOMIC_SEQ_CST);
}

/* No batch has the number 0, so its completion is nobody's. */
void fill_attempt(struct ring *ring, const struct msghdr *message)
{
	struct io_uring_sqe *request = next_request(ring);

	request->opcode = IORING_OP_SENDMSG;
	request->flags = IOSQE_FIXED_FILE;
	request->fd = ATTEMPT_SLOT;
	request->addr = (uintptr_t)message;
	request->msg_flags = MSG_FASTOPEN | MSG_NOSIGNAL;
	publish(ring);
}

void fill(struct self *self, struct ring *ring, const struct op *op, int tag, int lowest)
{
	struct io_uring_sqe *request = next_request(ring);

	request->user_data = user_data(ring, tag);
	request->flags = (unsigned char)((op->link ? IOSQE_IO_LINK : 0) | (op->async ? IOSQE_ASYNC : 0) |
					(op->skip ? IOSQE_CQE_SKIP_SUCCESS : 0));
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
			register_file(ring, op->slot, SLOT_FD + op->slot);
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
	publish(ring);
}

/* Submits requests, or waits for completions when submitted is 0. */
long enter(struct ring *ring, unsigned submitted, unsigned wanted)
{
	unsigned flags = submitted ? 0 : IORING_ENTER_GETEVENTS;
	long done;

	if (ring->polled && __atomic_load_n(ring->flags, __ATOMIC_SEQ_CST) & IORING_SQ_NEED_WAKEUP)
		flags |= IORING_ENTER_SQ_WAKEUP;
	do {
		done = syscall(SYS_io_uring_enter, ring->fd, submitted, wanted, flags, NULL, 0);
		submitted = done >= 0 ? 0 : submitted;
	} while (done < 0 && errno == EINTR && !arena->stopped);
	return done;
}
