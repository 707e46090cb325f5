/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main thread connects a UNIX stream socket, which has no name. Another thread takes the connection off the
 * listener, so the call has acted, and binds the socket before the call is back. An interrupt makes the end of some
 * calls last.
 */
#include "attack/interrupt.h"
#include "attack/rival.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROOM 16
/* The interrupt comes at any moment of a call, which takes about so long. */
#define CALL_NANOS 12000

struct bound {
	struct bytes a, b;
	int listener, timer;
	/* The main thread's socket, in the descriptor table that both threads share. */
	volatile int fd;
	/* The call has failed, so no connection comes. */
	volatile bool refused;
};

static void prepare(struct rival *rival)
{
	struct bound *bound = rival->of;

	bound->refused = false;
}

static void act(struct rival *rival, long long moment)
{
	struct bound *bound = rival->of;
	int connection;

	(void)moment;
	do
		connection = accept4(bound->listener, NULL, NULL, SOCK_CLOEXEC);
	while (connection < 0 && !bound->refused);
	if (connection < 0)
		return;
	if (bind(bound->fd, (const struct sockaddr *)bound->b.address, (socklen_t)bound->b.length))
		rival->failed = true;
	rival->to = now();
	close(connection);
}

static char play_round(struct rival *rival, void *with, bool *won)
{
	struct bound *bound = with;

	bound->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	rival_begin(rival);
	interrupt_after(bound->timer, rival_chance(rival, CALL_NANOS));
	long result = watched_connect(ABI_NATIVE, bound->fd, bound->a.address, (long)bound->a.length);
	bound->refused = result != 0;
	*won = rival_end(rival) && !result;
	close(bound->fd);
	return result ? 'x' : 'a';
}

/* Makes the listener at a. Returns false where that is not free. */
static bool listen_for(struct bound *bound)
{
	bound->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return !bind(bound->listener, (const struct sockaddr *)bound->a.address, (socklen_t)bound->a.length) &&
	       !listen(bound->listener, ROOM);
}

void command_bound_socket(void)
{
	struct bound bound = {.listener = -1, .timer = interrupt_open()};

	if (bytes_take(&bound.a, "a") && bytes_take(&bound.b, "b")) {
		if (listen_for(&bound)) {
			struct rival *rival = rival_new(act, &bound, false);

			pid_t waiting = interrupt_start(bound.timer);
			rival->prepare = prepare;
			rival_play(rival, (long)line_number("calls", 1000), play_round, &bound,
				   "unsupported: the other thread cannot bind the socket");
			interrupt_stop(waiting);
		} else {
			fail("unsupported: a is not free");
		}
		close(bound.listener);
	}
	close(bound.timer);
	free(bound.a.address);
	free(bound.b.address);
}
