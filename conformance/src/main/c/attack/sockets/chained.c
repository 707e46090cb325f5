/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main thread connects a UDP socket. Another thread has submitted a chain of requests to an io_uring long before:
 * a read of a pipe, and behind it a connect of the same socket elsewhere, which tells of no success. The main thread
 * writes to the pipe right before its call, so the other thread's task work connects the socket at some moment of it.
 */
#include "attack/rival.h"
#include "ring.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* The main thread calls at most so many ns after it has written to the pipe. */
#define HEAD_START_NANOS 4000
/* The user_data of the connect, whose completion tells of a failure. */
#define CONNECT 1

struct chained {
	struct bytes a, b;
	struct ring ring;
	/* The socket and the pipe of the round. */
	int fd, pipe[2];
	char byte;
};

/* Submits the chain. The read waits, and so does the connect. */
static void prepare(struct rival *rival)
{
	struct chained *chained = rival->of;
	struct io_uring_sqe *request = ring_next(&chained->ring);

	request->opcode = IORING_OP_READ;
	request->fd = chained->pipe[0];
	request->addr = (uintptr_t)&chained->byte;
	request->len = 1;
	request->flags = IOSQE_IO_LINK;
	ring_push(&chained->ring);
	request = ring_next(&chained->ring);
	request->opcode = IORING_OP_CONNECT;
	request->fd = chained->fd;
	request->addr = (uintptr_t)chained->b.address;
	request->addr2 = chained->b.length;
	request->flags = IOSQE_CQE_SKIP_SUCCESS;
	request->user_data = CONNECT;
	ring_push(&chained->ring);
	if (ring_enter(&chained->ring, 2, 0) < 0)
		rival->failed = true;
}

/* Waits for the end of the chain. This thread sees the read's completion only when all of its task work has run. */
static void act(struct rival *rival, long long moment)
{
	struct chained *chained = rival->of;
	struct ring *ring = &chained->ring;
	unsigned tail;

	(void)moment;
	if (rival->failed)
		return;
	while ((tail = __atomic_load_n(ring->completed_tail, __ATOMIC_ACQUIRE)) == *ring->completed_head)
		;
	rival->to = now();
	for (unsigned head = *ring->completed_head; head != tail; head++)
		if (ring->completions[head & *ring->completed_mask].user_data == CONNECT)
			rival->failed = true;
	__atomic_store_n(ring->completed_head, tail, __ATOMIC_RELEASE);
}

static char play_round(struct rival *rival, void *with, bool *won)
{
	struct chained *chained = with;
	int family = ((const struct sockaddr *)chained->a.address)->sa_family;
	char byte = 0;

	chained->fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (chained->fd < 0 || pipe2(chained->pipe, O_CLOEXEC))
		_exit(3);
	rival_begin(rival);
	__atomic_fetch_add(&counts()->begun, 1, __ATOMIC_SEQ_CST);
	if (write(chained->pipe[1], &byte, 1) != 1)
		_exit(3);
	rival_wait(now() + rival_chance(rival, HEAD_START_NANOS));
	long result = watched_connect(ABI_NATIVE, chained->fd, chained->a.address, (long)chained->a.length);
	/* A chain that was first has left the socket with the peer a. */
	*won = rival_end(rival) && has_peer(chained->fd, chained->b.address);
	__atomic_fetch_add(&counts()->ended, 1, __ATOMIC_SEQ_CST);
	close(chained->fd);
	close(chained->pipe[0]);
	close(chained->pipe[1]);
	return result ? 'x' : 'a';
}

void command_uring_chained(void)
{
	struct chained chained = {0};

	if (bytes_take(&chained.a, "a") && bytes_take(&chained.b, "b")) {
		if (ring_open(&chained.ring, false)) {
			struct rival *rival = rival_new(act, &chained, false);

			rival->prepare = prepare;
			rival_play(rival, (long)line_number("calls", 1000), play_round, &chained,
				   "unsupported: no chain of requests connects the socket");
			ring_close(&chained.ring);
		} else {
			fail("unsupported: no io_uring");
		}
	}
	free(chained.a.address);
	free(chained.b.address);
}
