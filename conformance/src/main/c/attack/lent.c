/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One batch of requests on an io_uring connects a socket, lends it to a process of another user, and closes it. The
 * other process registers it with a ring of its own and connects it elsewhere, all before the batch has ended. At the
 * end of the first request the socket has as many holders as at its beginning.
 */
#include "busy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Some user whom nothing else is. */
#define OTHER 65533

struct lent {
	struct bytes a, b;
};

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

/* Connects each socket that it gets, in a batch that lasts longer than that of its owner. */
static void borrow(struct busy *busy, void *with)
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
		busy_connect(busy, 0, IOSQE_FIXED_FILE, &lent->b);
		busy_tell(busy, 0);
		for (int i = 0; i < 3; i++)
			busy_fill(busy);
		busy_run(busy, 2 + 3 * BUSY_REQUESTS);
		hold(&busy->ring, nothing);
		busy_acted(busy);
	}
}

static void play_round(struct busy *busy, const struct lent *lent)
{
	int fd = socket(((const struct sockaddr *)lent->a.address)->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
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
	busy_run(busy, 3 + 2 * BUSY_REQUESTS);
}

static void play(struct busy *busy, const struct lent *lent, long calls)
{
	char *truth = calloc((size_t)calls + 1, 1);
	long won = 0, done = 0;

	if (!truth)
		_exit(3);
	while (done < calls) {
		play_round(busy, lent);
		won += busy->told;
		if (!busy_await(busy, done + 1))
			break;
		truth[done++] = busy->result ? 'x' : 'a';
	}
	if (done == calls) {
		reply_begin();
		reply("tid=%d won=%ld truth=%s", own_tid(), won, truth);
		reply_end();
	} else {
		fail("unsupported: no other user can connect a registered socket");
	}
	free(truth);
}

void command_uring_lent(void)
{
	struct lent lent = {0};

	if (bytes_take(&lent.a, "a") && bytes_take(&lent.b, "b")) {
		struct busy busy = {0};
		const char *missing = busy_open(&busy, borrow, &lent);

		if (missing)
			fail("unsupported: %s", missing);
		else
			play(&busy, &lent, (long)line_number("calls", 1));
		busy_close(&busy);
	}
	free(lent.a.address);
	free(lent.b.address);
}
