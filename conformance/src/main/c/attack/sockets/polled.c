/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request of an io_uring connects a UNIX socket whose listener has no room. It runs again in the ring's task work,
 * when there is room, and requests behind it receive many bytes in the same run. Its completion waits for their end.
 * Meanwhile another process fetches the socket, binds it, and lets it go.
 */
#include "ring.h"
#include "taken.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* One run of task work takes more requests than these. */
#define RECEIVES 15
#define SIZE (1 << 19)
#define ROOM (2 * RECEIVES * SIZE)
/* The user_data of the connect. */
#define CONNECT 1

struct polled {
	struct taken *taken;
	struct ring ring;
	/* The UNIX sockets whose bytes the other requests receive. */
	int sink[2];
	char *buffer;
	/* The result of the last connect. */
	long result;
};

/* The other process takes the only place that the listener has. */
static bool fill(struct taken *taken)
{
	if (taken->filler >= 0)
		close(taken->filler);
	taken->filler = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return !connect(taken->filler, (const struct sockaddr *)taken->a.address, (socklen_t)taken->a.length);
}

static struct io_uring_sqe *add(struct polled *polled, int opcode, int fd, const void *address)
{
	struct io_uring_sqe *request = ring_next(&polled->ring);

	request->opcode = (unsigned char)opcode;
	request->fd = fd;
	request->addr = (uintptr_t)address;
	ring_push(&polled->ring);
	return request;
}

/* All requests find that they would have to wait. No request follows the connect, but in task work it is the first. */
static void submit(struct polled *polled, const struct taken *taken, int fd)
{
	for (int i = 0; i < RECEIVES; i++)
		add(polled, IORING_OP_RECV, polled->sink[1], polled->buffer)->len = SIZE;
	struct io_uring_sqe *request = add(polled, IORING_OP_CONNECT, fd, taken->a.address);
	request->addr2 = taken->a.length;
	request->user_data = CONNECT;
	ring_enter(&polled->ring, 1 + RECEIVES, 0);
}

/* Now none has to wait any more. */
static void supply(const struct polled *polled)
{
	for (int i = 0; i < RECEIVES; i++)
		if (send(polled->sink[0], polled->buffer, SIZE, MSG_DONTWAIT) != SIZE)
			_exit(3);
	taken_accept(polled->taken->listener);
}

/* Runs the task work until all requests have ended, and takes the completions. */
static void finish(struct polled *polled)
{
	struct ring *ring = &polled->ring;

	while (__atomic_load_n(ring->completed_tail, __ATOMIC_ACQUIRE) - *ring->completed_head < 1 + RECEIVES)
		ring_enter(ring, 0, 1 + RECEIVES);
	for (unsigned i = 0; i < 1 + RECEIVES; i++) {
		unsigned head = *ring->completed_head;
		const struct io_uring_cqe *completion = &ring->completions[head & *ring->completed_mask];

		if (completion->user_data == CONNECT)
			polled->result = completion->res;
		__atomic_store_n(ring->completed_head, head + 1, __ATOMIC_RELEASE);
	}
	while (recv(polled->sink[1], polled->buffer, SIZE, MSG_DONTWAIT) > 0)
		;
}

static char play_round(struct rival *rival, void *with, bool *won)
{
	struct polled *polled = with;
	struct taken *taken = polled->taken;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	rival_begin(rival);
	__atomic_fetch_add(&counts()->begun, 1, __ATOMIC_SEQ_CST);
	submit(polled, taken, fd);
	supply(polled);
	taken->fd = fd;
	finish(polled);
	__atomic_fetch_add(&counts()->ended, 1, __ATOMIC_SEQ_CST);
	*won = taken_end(taken, rival);
	close(fd);
	taken_accept(taken->listener);
	return polled->result ? 'x' : 'a';
}

/* Makes what the rounds need. Returns what is missing, or NULL. */
static const char *polled_open(struct polled *polled)
{
	const int room = ROOM;

	if (!ring_open_deferred(&polled->ring))
		return "no io_uring with task work of its own (IORING_SETUP_DEFER_TASKRUN)";
	polled->taken->listener = taken_listen(polled->taken, 0);
	if (polled->taken->listener < 0)
		return "a is not free";
	polled->buffer = calloc(1, SIZE);
	if (!polled->buffer || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, polled->sink) ||
	    setsockopt(polled->sink[0], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)))
		return "no room for so many bytes";
	return NULL;
}

static void polled_close(struct polled *polled)
{
	const int own[] = {polled->taken->listener, polled->sink[0], polled->sink[1]};

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (own[i] > 0)
			close(own[i]);
	if (polled->ring.memory)
		ring_close(&polled->ring);
	free(polled->buffer);
}

void command_uring_polled(void)
{
	struct taken *taken = taken_new();
	struct polled polled = {.taken = taken};

	if (!taken)
		return;
	const char *missing = polled_open(&polled);
	taken->prepare = fill;
	taken->act = taken_bind;
	if (missing)
		fail("unsupported: %s", missing);
	else
		rival_play(taken_rival(taken), (long)line_number("calls", 1), play_round, &polled, TAKEN_FAILED);
	polled_close(&polled);
	taken_free(taken);
}
