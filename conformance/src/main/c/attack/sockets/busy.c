/* SPDX-License-Identifier: Apache-2.0 */
#include "busy.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* A UNIX socket takes so much at once: the kernel copies it before it goes on with the next request. */
#define BUFFER (1 << 20)
#define ROOM (32 * BUFFER)
#define PATIENCE_NANOS 5000000000LL
#define END_SECONDS 5
/* The user_data of connects. */
#define CONNECT 1

static bool sink_open(struct busy *busy)
{
	const int room = ROOM;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, busy->sink))
		return false;
	setsockopt(busy->sink[0], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
	return true;
}

/* The other process, which says that it is there before it acts. */
static void act_apart(struct busy *busy, int channel, void (*act)(struct busy *, void *), void *with)
{
	char byte = 0;

	close(busy->channel);
	busy->channel = channel;
	rival_apart(busy->rival);
	if (!sink_open(busy) || !ring_open(&busy->ring, false) || write(channel, &byte, 1) != 1)
		_exit(3);
	/* A thread that sleeps wakes when the batch is over. */
	fcntl(channel, F_SETFL, O_NONBLOCK);
	act(busy, with);
	_exit(0);
}

const char *busy_open(struct busy *busy, void (*act)(struct busy *, void *), void *with)
{
	int pair[2];
	char byte;

	busy->rival = rival_new(NULL, NULL, true);
	busy->acted = mmap(NULL, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	busy->buffer = calloc(1, BUFFER);
	if (busy->acted == MAP_FAILED || !busy->buffer)
		_exit(3);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return "no socketpair";
	busy->channel = pair[0];
	busy->child = fork_child();
	if (!busy->child)
		act_apart(busy, pair[1], act, with);
	close(pair[1]);
	if (read(busy->channel, &byte, 1) != 1 || !sink_open(busy) || !ring_open(&busy->ring, false))
		return "no io_uring";
	rival_beside(busy->rival);
	return NULL;
}

void busy_close(struct busy *busy)
{
	const int own[] = {busy->channel, busy->sink[0], busy->sink[1]};

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (own[i] > 0)
			close(own[i]);
	if (busy->ring.memory)
		ring_close(&busy->ring);
	if (busy->child > 0)
		reap(busy->child, END_SECONDS);
	sched_setaffinity(0, sizeof(busy->rival->allowed), &busy->rival->allowed);
	rival_free(busy->rival);
	munmap((void *)busy->acted, sizeof(long));
	free(busy->buffer);
}

struct io_uring_sqe *busy_add(struct busy *busy, int opcode, int fd)
{
	struct io_uring_sqe *request = ring_next(&busy->ring);

	request->opcode = (unsigned char)opcode;
	request->fd = fd;
	return request;
}

void busy_connect(struct busy *busy, int fd, unsigned flags, const struct bytes *address)
{
	struct io_uring_sqe *request = busy_add(busy, IORING_OP_CONNECT, fd);

	request->flags = (unsigned char)flags;
	request->addr = (uintptr_t)address->address;
	request->addr2 = address->length;
	request->user_data = CONNECT;
	ring_push(&busy->ring);
}

static void add_send(struct busy *busy, int fd, unsigned length)
{
	struct io_uring_sqe *request = busy_add(busy, IORING_OP_SEND, fd);

	request->addr = (uintptr_t)busy->buffer;
	request->len = length;
	request->msg_flags = MSG_DONTWAIT;
	ring_push(&busy->ring);
}

void busy_tell(struct busy *busy, char byte)
{
	*busy->buffer = byte;
	add_send(busy, busy->channel, 1);
}

void busy_fill(struct busy *busy)
{
	for (int i = 0; i < BUSY_REQUESTS; i++)
		add_send(busy, busy->sink[0], BUFFER);
}

void busy_run(struct busy *busy, unsigned requests, unsigned silent)
{
	struct ring *ring = &busy->ring;
	char byte;

	__atomic_fetch_add(&counts()->begun, 1, __ATOMIC_SEQ_CST);
	ring_enter(ring, requests, 0);
	requests -= silent;
	busy->told = recv(busy->channel, &byte, 1, MSG_DONTWAIT) == 1;
	while (__atomic_load_n(ring->completed_tail, __ATOMIC_ACQUIRE) - *ring->completed_head < requests)
		ring_enter(ring, 0, requests);
	for (unsigned i = 0; i < requests; i++) {
		const struct io_uring_cqe *completion =
			&ring->completions[(*ring->completed_head + i) & *ring->completed_mask];

		if (completion->user_data == CONNECT)
			busy->result = completion->res;
	}
	__atomic_store_n(ring->completed_head, *ring->completed_head + requests, __ATOMIC_RELEASE);
	__atomic_fetch_add(&counts()->ended, 1, __ATOMIC_SEQ_CST);
	while (recv(busy->sink[1], busy->buffer, BUFFER, MSG_DONTWAIT) > 0)
		;
}

bool busy_await(struct busy *busy, long round)
{
	long long patience = now() + PATIENCE_NANOS;
	char byte;

	while (*busy->acted != round && now() < patience)
		sched_yield();
	return *busy->acted == round && (busy->told || recv(busy->channel, &byte, 1, 0) == 1);
}

void busy_acted(struct busy *busy)
{
	++*busy->acted;
}
