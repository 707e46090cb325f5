/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One batch of requests on an io_uring connects a socket, lends it to another process, and closes
 * it. The other process, of another user, registers it with a ring of its own and connects it
 * elsewhere, perhaps by a request that tells of no success; or, of the same user, it binds the
 * socket. It does so before the batch has ended. At the end of the first request the socket has as
 * many holders as at its beginning. A TCP socket can have an attempt that has succeeded before the
 * batch, which then makes none; or the batch disconnects it, so that it can be bound.
 */
#include "lent.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Some user whom nothing else is. */
#define OTHER 65533
/* More than one process makes in all rounds. */
#define BACKLOG 4096

static bool hold(const struct ring *ring, int fd)
{
	struct io_uring_rsrc_update update = {.data = (uintptr_t)&fd};

	return syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_FILES_UPDATE, &update, 1) == 1;
}

/* Waits for a socket without sleep. Returns -1 at the end. */
static int await_socket(int channel)
{
	int fd;

	do {
		errno = 0;
		fd = descriptor_receive(channel);
	} while (fd < 0 && errno == EAGAIN && !sched_yield());
	return fd;
}

/* A TCP socket that is connected must first be disconnected. */
static void disconnect(struct busy *busy)
{
	static struct sockaddr_in nobody = {.sin_family = AF_UNSPEC};
	const struct bytes address = {.address = (unsigned char *)&nobody, .length = sizeof(nobody)};

	busy_connect(busy, 0, IOSQE_FIXED_FILE | IOSQE_CQE_SKIP_SUCCESS, &address);
	busy_run(busy, 1, 1);
}

/* No event tells of the success, so the socket can be given back before the batch of its owner has ended. */
static void connect_silently(struct busy *busy, const struct bytes *address)
{
	const int nothing = -1;
	char byte = 0;

	busy_connect(busy, 0, IOSQE_FIXED_FILE | IOSQE_CQE_SKIP_SUCCESS, address);
	busy_run(busy, 1, 1);
	/* A request that waited for the peer ends here. */
	ring_enter(&busy->ring, 0, 0);
	hold(&busy->ring, nothing);
	send(busy->channel, &byte, 1, 0);
}

/* This batch lasts longer than that of the socket's owner. */
static void connect_for_long(struct busy *busy, const struct bytes *address)
{
	const int nothing = -1;

	busy_connect(busy, 0, IOSQE_FIXED_FILE, address);
	busy_tell(busy, 0);
	for (int i = 0; i < 3; i++)
		busy_fill(busy);
	busy_run(busy, 2 + 3 * BUSY_REQUESTS, 0);
	hold(&busy->ring, nothing);
}

void lent_borrow(struct busy *busy, void *with)
{
	const struct lent *lent = with;
	int nothing = -1, fd;

	if (setresgid(OTHER, OTHER, OTHER) || setresuid(OTHER, OTHER, OTHER) ||
	    syscall(SYS_io_uring_register, busy->ring.fd, IORING_REGISTER_FILES, &nothing, 1))
		_exit(3);
	while ((fd = await_socket(busy->channel)) >= 0) {
		if (!hold(&busy->ring, fd))
			_exit(3);
		close(fd);
		if (lent->type == SOCK_STREAM)
			disconnect(busy);
		if (lent->silent)
			connect_silently(busy, &lent->b);
		else
			connect_for_long(busy, &lent->b);
		busy_acted(busy);
	}
}

/* Binds each socket that it gets, and gives it back. */
static void name(struct busy *busy, void *with)
{
	const struct lent *lent = with;
	char byte = 0;
	int fd;

	while ((fd = await_socket(busy->channel)) >= 0) {
		if (bind(fd, (const struct sockaddr *)lent->b.address, (socklen_t)lent->b.length))
			_exit(3);
		close(fd);
		send(busy->channel, &byte, 1, 0);
		busy_acted(busy);
	}
}

/* Makes the attempt of a TCP socket, by a watched call that does not wait. Returns the socket. */
static int begin(const struct lent *lent, int fd)
{
	if (lent->type == SOCK_STREAM && !lent->ends) {
		fcntl(fd, F_SETFL, O_NONBLOCK);
		watched_connect(ABI_NATIVE, fd, lent->a.address, lent->a.length);
		fcntl(fd, F_SETFL, 0);
	}
	return fd;
}

static void play_round(struct busy *busy, const struct lent *lent)
{
	int family = ((const struct sockaddr *)lent->b.address)->sa_family;
	int fd = begin(lent, socket(family, lent->type | SOCK_CLOEXEC, lent->protocol));
	struct descriptor_message message;
	struct io_uring_sqe *request;

	busy_connect(busy, fd, 0, &lent->a);
	request = busy_add(busy, IORING_OP_SENDMSG, busy->channel);
	request->addr = (uintptr_t)descriptor_message(&message, fd);
	request->len = 1;
	ring_push(&busy->ring);
	busy_fill(busy);
	busy_add(busy, IORING_OP_CLOSE, fd);
	ring_push(&busy->ring);
	busy_fill(busy);
	busy_run(busy, 3 + 2 * BUSY_REQUESTS, 0);
}

static void play(struct busy *busy, const struct lent *lent, long calls)
{
	size_t letters = lent->type == SOCK_STREAM && !lent->ends ? 2 : 1;
	char *truth = calloc((size_t)calls * letters + 1, 1);
	long won = 0, done = 0;

	if (!truth)
		_exit(3);
	while (done < calls) {
		play_round(busy, lent);
		won += busy->told;
		if (!busy_await(busy, done + 1))
			break;
		memset(truth + (size_t)done++ * letters, busy->result ? 'x' : 'a', letters);
	}
	if (done == calls) {
		reply_begin();
		reply("tid=%d won=%ld truth=%s", own_tid(), won, truth);
		reply_end();
	} else {
		fail("unsupported: no other process can act on a socket of a batch");
	}
	free(truth);
}

static void act(struct lent *lent, void (*with)(struct busy *, void *))
{
	struct busy busy = {0};
	const char *missing = busy_open(&busy, with, lent);

	if (missing)
		fail("unsupported: %s", missing);
	else
		play(&busy, lent, (long)line_number("calls", 1));
	busy_close(&busy);
}

/* A UNIX socket is connected to one that exists. */
static int peer_at(const struct bytes *address)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (bind(fd, (const struct sockaddr *)address->address, (socklen_t)address->length))
		_exit(3);
	return fd;
}

static void lend(struct lent *lent)
{
	if (line_number("binds", 0)) {
		int peer = peer_at(&lent->a);

		act(lent, name);
		close(peer);
	} else {
		lent->silent = line_number("silent", 0);
		act(lent, lent_borrow);
	}
}

static bool listen_for(int *listener, const struct bytes *address)
{
	return listen_at(listener, address->address, (socklen_t)address->length) && !listen(*listener, BACKLOG);
}

static void lend_stream(struct lent *lent)
{
	if (listen_for(&lent->listeners[0], &lent->a) && listen_for(&lent->listeners[1], &lent->b))
		lend(lent);
	else
		fail("unsupported: a and b are not free");
	close(lent->listeners[0]);
	close(lent->listeners[1]);
}

void command_uring_lent(void)
{
	struct lent lent = {.type = (int)line_number("type", SOCK_DGRAM), .protocol = (int)line_number("protocol", 0)};

	if (bytes_take(&lent.a, "a") && bytes_take(&lent.b, "b")) {
		lent.ends = line_number("ends", 0);
		if (lent.ends)
			act(&lent, name);
		else if (lent.type == SOCK_STREAM)
			lend_stream(&lent);
		else
			lend(&lent);
	}
	free(lent.a.address);
	free(lent.b.address);
}
