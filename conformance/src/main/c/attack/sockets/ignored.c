/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request on an io_uring waits behind the read of a pipe, and then connects a TCP socket whose attempt has succeeded
 * meanwhile. So it tells of that success, and the kernel does not look at its address a. Nobody shares the descriptors,
 * and one thread does all.
 */
#include "actor.h"
#include "ring.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The user_data of the connect. */
#define CONNECT 1

struct ignored {
	struct bytes a, b;
	/* The attempt is that of another socket, which gets the descriptor while the request waits. */
	bool swaps;
	struct ring ring;
	int listener, pipe[2];
	char byte;
};

static int new_socket(int type)
{
	int fd = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		_exit(3);
	return fd;
}

/* Submits the connect, and what it waits for. */
static void submit(struct ignored *ignored, int fd)
{
	struct io_uring_sqe *request = ring_next(&ignored->ring);

	request->opcode = IORING_OP_READ;
	request->fd = ignored->pipe[0];
	request->addr = (uintptr_t)&ignored->byte;
	request->len = 1;
	request->flags = IOSQE_IO_LINK;
	ring_push(&ignored->ring);
	request = ring_next(&ignored->ring);
	request->opcode = IORING_OP_CONNECT;
	request->fd = fd;
	request->addr = (uintptr_t)ignored->a.address;
	request->addr2 = ignored->a.length;
	request->user_data = CONNECT;
	ring_push(&ignored->ring);
	ring_enter(&ignored->ring, 2, 0);
}

static void await_peer(int fd)
{
	struct tcp_info info = {.tcpi_state = TCP_SYN_SENT};
	socklen_t length = sizeof(info);

	while (!getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) && info.tcpi_state == TCP_SYN_SENT)
		usleep(100);
}

/* Lets the request run, and returns its result. */
static int run(struct ignored *ignored)
{
	struct completion completion;

	if (write(ignored->pipe[1], &ignored->byte, 1) != 1)
		_exit(3);
	do
		completion = ring_await(&ignored->ring);
	while (completion.user_data != CONNECT);
	return completion.result;
}

/* Returns whether the kernel did not look at the address. */
static bool play_round(struct ignored *ignored)
{
	struct linger at_once = {.l_onoff = 1};
	int tcp = new_socket(SOCK_STREAM), fd = ignored->swaps ? new_socket(SOCK_DGRAM) : tcp, accepted;

	__atomic_fetch_add(&counts()->begun, 1, __ATOMIC_SEQ_CST);
	submit(ignored, fd);
	ring_attempt(&ignored->ring, tcp, ignored->b.address, ignored->b.length);
	await_peer(tcp);
	if (ignored->swaps && dup2(tcp, fd) < 0)
		_exit(3);
	bool won = !run(ignored);
	__atomic_fetch_add(&counts()->ended, 1, __ATOMIC_SEQ_CST);
	setsockopt(tcp, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(tcp);
	if (ignored->swaps)
		close(fd);
	while ((accepted = accept4(ignored->listener, NULL, NULL, SOCK_NONBLOCK)) >= 0)
		close(accepted);
	return won;
}

static void play(struct ignored *ignored, long calls)
{
	char *truth = calloc((size_t)calls + 1, 1);
	long won = 0;

	if (!truth)
		_exit(3);
	for (long i = 0; i < calls; i++) {
		bool ignores = play_round(ignored);

		truth[i] = ignores ? 'b' : 'x';
		won += ignores;
	}
	if (won) {
		reply_begin();
		reply("tid=%d won=%ld truth=%s", own_tid(), won, truth);
		reply_end();
	} else {
		fail("unsupported: no attempt by MSG_FASTOPEN");
	}
	free(truth);
}

void command_uring_ignored(void)
{
	struct ignored ignored = {.listener = -1, .pipe = {-1, -1}};
	const char *how = line_text("how");

	if (!bytes_take(&ignored.a, "a") || !bytes_take(&ignored.b, "b")) {
		free(ignored.a.address);
		return;
	}
	ignored.swaps = how && !strcmp(how, "swapped");
	if (!how || (!ignored.swaps && strcmp(how, "sent"))) {
		fail("uring-ignored needs how=swapped or how=sent");
	} else if (!listen_at(&ignored.listener, ignored.b.address, (socklen_t)ignored.b.length) ||
		   fcntl(ignored.listener, F_SETFL, O_NONBLOCK) || pipe2(ignored.pipe, O_CLOEXEC)) {
		fail("unsupported: nobody can listen at b");
	} else if (!ring_open(&ignored.ring, false)) {
		fail("unsupported: no io_uring");
	} else {
		play(&ignored, (long)line_number("calls", 1));
		ring_close(&ignored.ring);
	}
	close(ignored.listener);
	close(ignored.pipe[0]);
	close(ignored.pipe[1]);
	free(ignored.a.address);
	free(ignored.b.address);
}
