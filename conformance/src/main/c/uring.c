/* SPDX-License-Identifier: Apache-2.0 */
/* The same calls without a system call of their own: as a request on an io_uring. */
#include "actor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ENTRIES 4
#define FOLLOWER 1

struct ring {
	int fd;
	void *memory;
	size_t size;
	struct io_uring_sqe *requests;
	unsigned *tail;
	unsigned *array;
	struct io_uring_cqe *completions;
};

/* Polled: a thread of the kernel's takes requests from the ring. */
static bool ring_open(struct ring *ring, bool polled)
{
	struct io_uring_params parameters;

	memset(&parameters, 0, sizeof(parameters));
	if (polled)
		parameters.flags = IORING_SETUP_SQPOLL;
	ring->fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &parameters);
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
	ring->array = (unsigned *)(memory + parameters.sq_off.array);
	ring->completions = (struct io_uring_cqe *)(memory + parameters.cq_off.cqes);
	return true;
}

static void ring_close(struct ring *ring)
{
	munmap(ring->memory, ring->size);
	munmap(ring->requests, ENTRIES * sizeof(struct io_uring_sqe));
	close(ring->fd);
}

/* Linked to a request that completes unseen if it succeeds, and done after it: one of the two tells of the end. */
static void add_follower(struct ring *ring)
{
	struct io_uring_sqe *request = &ring->requests[1];

	memset(request, 0, sizeof(*request));
	request->opcode = IORING_OP_NOP;
	request->user_data = FOLLOWER;
	ring->array[1] = 1;
	__atomic_store_n(ring->tail, *ring->tail + 1, __ATOMIC_RELEASE);
}

static long submit(struct ring *ring, bool silent)
{
	ring->array[0] = 0;
	__atomic_store_n(ring->tail, *ring->tail + 1, __ATOMIC_RELEASE);
	if (silent)
		add_follower(ring);
	/* On a ring that nobody polls there is nobody to wake up. */
	unsigned flags = IORING_ENTER_GETEVENTS | IORING_ENTER_SQ_WAKEUP;
	long submitted = syscall(SYS_io_uring_enter, ring->fd, silent ? 2 : 1, 1, flags, NULL, 0);
	while (submitted < 0 && errno == EINTR)
		submitted = syscall(SYS_io_uring_enter, ring->fd, 0, 1, flags, NULL, 0);
	if (submitted < 0)
		return -errno;
	return ring->completions[0].user_data == FOLLOWER ? -ENODATA : ring->completions[0].res;
}

static void fill(struct io_uring_sqe *request, const struct call *call)
{
	memset(request, 0, sizeof(*request));
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

bool uring_works(const struct call *call)
{
	struct ring ring;

	if (call->which == OPEN || call->which == CREAT || !ring_open(&ring, call->polled))
		return false;
	ring_close(&ring);
	return true;
}

long uring_call(const struct call *call)
{
	struct ring ring;

	if (!ring_open(&ring, call->polled))
		return -errno;
	fill(&ring.requests[0], call);
	__atomic_fetch_add(&books()->begun, 1, __ATOMIC_SEQ_CST);
	long result = submit(&ring, call->silent);
	__atomic_fetch_add(&books()->ended, 1, __ATOMIC_SEQ_CST);
	ring_close(&ring);
	return result;
}
