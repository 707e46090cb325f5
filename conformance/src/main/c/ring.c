/* SPDX-License-Identifier: Apache-2.0 */
#include "ring.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* The SQPOLL thread sleeps after that many ms without a request. */
#define IDLE_MILLIS 20

/* For headers of before Linux 6.1. */
#ifndef IORING_SETUP_SINGLE_ISSUER
#define IORING_SETUP_SINGLE_ISSUER (1U << 12)
#endif
#ifndef IORING_SETUP_DEFER_TASKRUN
#define IORING_SETUP_DEFER_TASKRUN (1U << 13)
#endif
#ifndef MSG_FASTOPEN
#define MSG_FASTOPEN 0x20000000
#endif

static bool open_with(struct ring *ring, unsigned flags)
{
	struct io_uring_params parameters;

	memset(&parameters, 0, sizeof(parameters));
	parameters.flags = flags;
	ring->polled = flags & IORING_SETUP_SQPOLL;
	if (ring->polled)
		parameters.sq_thread_idle = IDLE_MILLIS;
	ring->fd = (int)syscall(SYS_io_uring_setup, RING_ENTRIES, &parameters);
	if (ring->fd < 0)
		return false;
	/* One mapping holds both rings since Linux 5.4 (IORING_FEAT_SINGLE_MMAP). */
	size_t submissions = parameters.sq_off.array + parameters.sq_entries * sizeof(unsigned);
	size_t completions = parameters.cq_off.cqes + parameters.cq_entries * sizeof(struct io_uring_cqe);
	ring->size = submissions > completions ? submissions : completions;
	char *memory = mmap(NULL, ring->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd,
			    IORING_OFF_SQ_RING);
	void *requests = mmap(NULL, parameters.sq_entries * sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQES);
	if (memory == MAP_FAILED || requests == MAP_FAILED) {
		close(ring->fd);
		return false;
	}
	ring->memory = memory;
	ring->requests = requests;
	ring->tail = (unsigned *)(memory + parameters.sq_off.tail);
	ring->mask = (unsigned *)(memory + parameters.sq_off.ring_mask);
	ring->array = (unsigned *)(memory + parameters.sq_off.array);
	ring->flags = (unsigned *)(memory + parameters.sq_off.flags);
	ring->completed_head = (unsigned *)(memory + parameters.cq_off.head);
	ring->completed_tail = (unsigned *)(memory + parameters.cq_off.tail);
	ring->completed_mask = (unsigned *)(memory + parameters.cq_off.ring_mask);
	ring->completions = (struct io_uring_cqe *)(memory + parameters.cq_off.cqes);
	return true;
}

bool ring_open(struct ring *ring, bool polled)
{
	return open_with(ring, polled ? IORING_SETUP_SQPOLL : 0);
}

bool ring_open_deferred(struct ring *ring)
{
	return open_with(ring, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
}

void ring_close(struct ring *ring)
{
	munmap(ring->memory, ring->size);
	munmap(ring->requests, RING_ENTRIES * sizeof(struct io_uring_sqe));
	close(ring->fd);
}

struct io_uring_sqe *ring_next(struct ring *ring)
{
	unsigned at = *ring->tail & *ring->mask;

	ring->array[at] = at;
	memset(&ring->requests[at], 0, sizeof(ring->requests[at]));
	return &ring->requests[at];
}

void ring_push(struct ring *ring)
{
	__atomic_store_n(ring->tail, *ring->tail + 1, __ATOMIC_SEQ_CST);
}

long ring_enter(struct ring *ring, unsigned submitted, unsigned wanted)
{
	unsigned flags = wanted ? IORING_ENTER_GETEVENTS : 0;
	long done;

	if (ring->polled && __atomic_load_n(ring->flags, __ATOMIC_SEQ_CST) & IORING_SQ_NEED_WAKEUP)
		flags |= IORING_ENTER_SQ_WAKEUP;
	done = syscall(SYS_io_uring_enter, ring->fd, submitted, wanted, flags, NULL, 0);
	while (done < 0 && errno == EINTR)
		done = syscall(SYS_io_uring_enter, ring->fd, 0, wanted, flags, NULL, 0);
	return done < 0 ? -errno : done;
}

struct completion ring_await(struct ring *ring)
{
	unsigned head = *ring->completed_head;

	while (head == __atomic_load_n(ring->completed_tail, __ATOMIC_ACQUIRE))
		ring_enter(ring, 0, 1);
	const struct io_uring_cqe *ended = &ring->completions[head & *ring->completed_mask];
	struct completion completion = {.user_data = ended->user_data, .result = ended->res};

	__atomic_store_n(ring->completed_head, head + 1, __ATOMIC_RELEASE);
	return completion;
}

void ring_attempt(struct ring *ring, int fd, const void *address, size_t length)
{
	char byte = 0;
	struct iovec part = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {
		.msg_name = (void *)address, .msg_namelen = (socklen_t)length, .msg_iov = &part, .msg_iovlen = 1};
	struct io_uring_sqe *request = ring_next(ring);

	request->opcode = IORING_OP_SENDMSG;
	request->fd = fd;
	request->addr = (uintptr_t)&message;
	request->len = 1;
	request->msg_flags = MSG_FASTOPEN | MSG_DONTWAIT | MSG_NOSIGNAL;
	ring_push(ring);
	ring_enter(ring, 1, 1);
	ring_await(ring);
}
