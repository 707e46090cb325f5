/* SPDX-License-Identifier: Apache-2.0 */
/* The watched calls as requests on an io_uring, without a system call of their own. */
#include "actor.h"
#include "ring.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The user_data of the actor's requests other than the watched one. */
#define OTHER 1

static void add_other(struct ring *ring, int opcode, int fd, unsigned flags)
{
	struct io_uring_sqe *request = ring_next(ring);

	request->opcode = (unsigned char)opcode;
	request->fd = fd;
	request->flags = (unsigned char)flags;
	request->user_data = OTHER;
	ring_push(ring);
}

/* Takes completions until that of the watched request comes. Returns false when the ring has none. */
static bool take_result(struct ring *ring, const struct call *call, long *result)
{
	while (*ring->completed_head != __atomic_load_n(ring->completed_tail, __ATOMIC_ACQUIRE)) {
		struct io_uring_cqe *completion = &ring->completions[*ring->completed_head & *ring->completed_mask];
		bool is_other = completion->user_data == OTHER || (call->forges && completion->res == call->forged);

		*result = completion->res;
		__atomic_store_n(ring->completed_head, *ring->completed_head + 1, __ATOMIC_RELEASE);
		if (!is_other)
			return true;
	}
	return false;
}

/* Fills the completion queue except for a number of entries. */
static void fill_completions(struct ring *ring, unsigned room)
{
	for (unsigned i = room; i <= *ring->completed_mask; i++) {
		add_other(ring, IORING_OP_NOP, 0, 0);
		ring_enter(ring, 1, 0);
	}
}

static void fill(struct io_uring_sqe *request, const struct call *call)
{
	request->fd = (int)call->fd;
	request->addr = (uintptr_t)call->path.address;
	if (call->worker)
		request->flags |= IOSQE_ASYNC;
	if (call->silent)
		request->flags |= IOSQE_CQE_SKIP_SUCCESS | IOSQE_IO_LINK;
	if (call->which == OPENAT) {
		request->opcode = IORING_OP_OPENAT;
		request->len = (unsigned)call->mode;
		request->open_flags = (unsigned)call->flags;
	} else if (call->which == OPENAT2) {
		request->opcode = IORING_OP_OPENAT2;
		request->len = (unsigned)call->how_size;
		request->addr2 = (uintptr_t)call->how.address;
	} else {
		request->opcode = IORING_OP_CONNECT;
		request->addr2 = (unsigned long long)call->addrlen;
	}
}

/* Adds a completion with the watched request's user_data, 0, and a chosen result, by a message to its ring. */
static void add_message(struct ring *from, const struct ring *to, long result)
{
	add_other(from, IORING_OP_MSG_RING, to->fd, 0);
	from->requests[(*from->tail - 1) & *from->mask].len = (unsigned)result;
}

/* Adds such a completion, with the result 0, by a request that does nothing. */
static void add_forgery(struct ring *ring)
{
	add_other(ring, IORING_OP_NOP, 0, 0);
	ring->requests[(*ring->tail - 1) & *ring->mask].user_data = 0;
}

/* Empties the completion queue, and then again while the kernel moves overflowed completions to it. */
static void drain(struct ring *ring)
{
	do {
		__atomic_store_n(ring->completed_head, __atomic_load_n(ring->completed_tail, __ATOMIC_ACQUIRE),
				 __ATOMIC_RELEASE);
		syscall(SYS_io_uring_enter, ring->fd, 0, 0, IORING_ENTER_GETEVENTS, NULL, 0);
	} while (*ring->completed_head != __atomic_load_n(ring->completed_tail, __ATOMIC_ACQUIRE));
}

/* Makes the forged completion come while the request is under way. */
static void forge(struct ring *ring, const struct call *call)
{
	struct ring other;

	if (ring_open(&other, false)) {
		add_message(&other, ring, call->forged);
		ring_enter(&other, 1, 1);
		ring_close(&other);
	}
	if (call->drained)
		drain(ring);
}

/* Cancels the watched request, which ASYNC_CANCEL finds by its user_data, 0. */
static void cancel(struct ring *ring, const struct call *call)
{
	unsigned submitted = 1;

	/* The pause is long enough for an io_uring worker to take the request up, and to block. */
	pause_micros(20000);
	if (call->forges && (call->forged || call->drained))
		forge(ring, call);
	add_other(ring, IORING_OP_ASYNC_CANCEL, -1, 0);
	/* The NOP must complete before this thread runs the cancelled request's completion. */
	if (call->forges && !call->forged) {
		add_forgery(ring);
		submitted++;
	}
	ring_enter(ring, submitted, 2);
}

bool uring_works(const struct call *call)
{
	struct ring ring;

	if (call->which == OPEN || call->which == CREAT || !ring_open(&ring, call->polled))
		return false;
	ring_close(&ring);
	return true;
}

/* Waits for the watched request's result. Returns 0, or -errno when there is none. */
static long await_result(struct ring *ring, const struct call *call, long *result)
{
	while (!take_result(ring, call, result)) {
		/*
		 * The kernel moves overflowed completions to the queue when the actor asks for events, now that there
		 * is room.
		 */
		long done = call->silent ? -ENODATA : ring_enter(ring, 0, 1);

		if (done < 0)
			return done;
	}
	return 0;
}

/* Returns the descriptor that the next open will return. */
static int lowest_descriptor(void)
{
	int lowest = dup(0);

	close(lowest);
	return lowest;
}

static long perform(struct ring *ring, const struct call *call)
{
	long others = call->others + call->hushed, result = 0, done;
	unsigned submitted = 1;

	if (call->overflow)
		fill_completions(ring, call->hushed);
	if (call->linked) {
		add_other(ring, IORING_OP_CLOSE, -1, IOSQE_IO_LINK | (call->skipped ? IOSQE_CQE_SKIP_SUCCESS : 0));
		submitted++;
	}
	for (long i = 0; i <= others; i++) {
		struct io_uring_sqe *request = ring_next(ring);

		fill(request, call);
		if (call->hushed && !i)
			request->flags |= IOSQE_CQE_SKIP_SUCCESS;
		ring_push(ring);
	}
	submitted += others;
	if (call->silent) {
		/*
		 * The NOP is linked behind a request that completes unseen if it succeeds; either of the two shows the
		 * end.
		 */
		add_other(ring, IORING_OP_NOP, 0, 0);
		submitted++;
	}
	if (call->echoed) {
		add_message(ring, ring, lowest_descriptor());
		submitted++;
	}
	done = ring_enter(ring, submitted,
			  call->cancelled || call->overflow ? 0 : call->linked && !call->skipped ? 2 : 1);
	if (done < 0)
		return done;
	if (call->skipped)
		return -ENODATA;
	if (call->cancelled)
		cancel(ring, call);
	for (long i = 0; i < others; i++) {
		done = await_result(ring, call, &result);
		if (done < 0)
			return done;
		if (result >= 0 && call->which != CONNECT)
			close((int)result);
		/* All of these requests have the same result; the silent one gets a completion only if it fails. */
		if (call->hushed && !i && result >= 0)
			i++;
	}
	done = await_result(ring, call, &result);
	return done < 0 ? done : result;
}

long uring_call(const struct call *call)
{
	struct ring ring;

	if (!ring_open(&ring, call->polled))
		return -errno;
	__atomic_fetch_add(&counts()->begun, 1 + call->others + call->hushed, __ATOMIC_SEQ_CST);
	long result = perform(&ring, call);
	__atomic_fetch_add(&counts()->ended, 1 + call->others + call->hushed, __ATOMIC_SEQ_CST);
	ring_close(&ring);
	return result;
}
