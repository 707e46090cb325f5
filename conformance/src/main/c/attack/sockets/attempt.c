/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TCP socket waits for its peer, and a batch of requests on an io_uring connects it to another
 * address, which makes no attempt. Before the batch has ended, another process fetches the socket,
 * ends the attempt, and begins one of its own by MSG_FASTOPEN on its ring.
 */
#include "busy.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILL_SECONDS 5

struct attempt {
	struct bytes a, b;
	pid_t owner;
	/* The listeners at a and b, and the connection that fills the backlog at a. */
	int listeners[2], filler;
};

/* Waits for a byte without sleep. Returns -1 at the end. */
static int await_byte(int channel)
{
	unsigned char byte;
	ssize_t length;

	while ((length = recv(channel, &byte, 1, 0)) < 0 && errno == EAGAIN)
		sched_yield();
	return length == 1 ? byte : -1;
}

static bool begin_elsewhere(struct busy *busy, const struct bytes *address, int fd)
{
	if (shutdown(fd, SHUT_RDWR))
		return false;
	ring_attempt(&busy->ring, fd, address->address, address->length);
	return true;
}

/* Each byte that comes is the number of a descriptor of the owner's. */
static void interfere(struct busy *busy, void *with)
{
	const struct attempt *attempt = with;
	int owner = (int)syscall(SYS_pidfd_open, attempt->owner, 0), number;
	char byte = 0;

	while ((number = await_byte(busy->channel)) >= 0) {
		int fd = (int)syscall(SYS_pidfd_getfd, owner, number, 0);

		if (fd < 0 || !begin_elsewhere(busy, &attempt->b, fd))
			_exit(3);
		close(fd);
		if (write(busy->channel, &byte, 1) != 1)
			_exit(3);
		busy_acted(busy);
	}
}

/* Returns the socket, or -1 where there is no attempt. */
static int play_round(struct busy *busy, const struct attempt *attempt)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (watched_connect(ABI_NATIVE, fd, attempt->a.address, attempt->a.length) != -EINPROGRESS)
		return -1;
	busy_connect(busy, fd, 0, &attempt->b);
	busy_tell(busy, (char)fd);
	busy_fill(busy);
	busy_fill(busy);
	busy_run(busy, 2 + 2 * BUSY_REQUESTS, 0);
	return fd;
}

static void play(struct busy *busy, const struct attempt *attempt, long calls)
{
	char *truth = calloc((size_t)calls * 2 + 1, 1);
	long won = 0, done = 0;

	if (!truth)
		_exit(3);
	while (done < calls) {
		int fd = play_round(busy, attempt);

		won += busy->told;
		if (fd < 0 || !busy_await(busy, done + 1))
			break;
		truth[2 * done] = 'a';
		truth[2 * done++ + 1] = busy->result == -EALREADY ? 'b' : 'x';
		close(fd);
	}
	if (done == calls) {
		reply_begin();
		reply("tid=%d won=%ld truth=%s", own_tid(), won, truth);
		reply_end();
	} else {
		fail("unsupported: no other process can begin an attempt");
	}
	free(truth);
}

/* Fills the backlog at a. A child connects, so that this thread makes no other calls than those of the rounds. */
static bool fill(const struct attempt *attempt)
{
	pid_t child = fork_child();

	if (!child)
		_exit(connect(attempt->filler, (struct sockaddr *)attempt->a.address,
			      (socklen_t)attempt->a.length) != 0);
	return !reap(child, FILL_SECONDS);
}

static bool listen_both(struct attempt *attempt)
{
	const struct bytes *a = &attempt->a, *b = &attempt->b;

	attempt->filler = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return listen_at(&attempt->listeners[0], a->address, (socklen_t)a->length) &&
	       listen_at(&attempt->listeners[1], b->address, (socklen_t)b->length) &&
	       !listen(attempt->listeners[0], 0) &&
	       fill(attempt);
}

static void attempt_close(const struct attempt *attempt)
{
	const int own[] = {attempt->listeners[0], attempt->listeners[1], attempt->filler};

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (own[i] > 0)
			close(own[i]);
}

void command_uring_attempt(void)
{
	struct attempt attempt = {.owner = getpid()};

	if (bytes_take(&attempt.a, "a") && bytes_take(&attempt.b, "b")) {
		struct busy busy = {0};
		const char *missing =
			listen_both(&attempt) ? busy_open(&busy, interfere, &attempt) : "a and b are not free";

		if (missing)
			fail("unsupported: %s", missing);
		else
			play(&busy, &attempt, (long)line_number("calls", 1));
		if (busy.rival)
			busy_close(&busy);
		attempt_close(&attempt);
	}
	free(attempt.a.address);
	free(attempt.b.address);
}
