/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main thread connects a UNIX datagram socket, which has no name, away from its peer. The peer gets an error when
 * the call has acted. Another process that holds the socket then sends with SO_PASSCRED, for which the kernel chooses
 * the socket a name, before the call is back. An interrupt makes the end of some calls last.
 */
#include "attack/interrupt.h"
#include "attack/rival.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* The interrupt comes at any moment of a call, which takes about so long. */
#define CALL_NANOS 12000

/* The state of the attack, in memory that both processes share. */
struct autobound {
	struct bytes a;
	/* The socket at a. */
	int target, timer;
	/* The UNIX sockets that pass each round's pair to the other process. */
	int channel[2];
	/* The other process's descriptors of the socket and of its first peer. */
	int fd, peer;
	/* The call has failed, so the peer gets no error. */
	volatile bool refused;
};

static void prepare(struct rival *rival)
{
	struct autobound *autobound = rival->of;

	autobound->refused = false;
	autobound->fd = descriptor_receive(autobound->channel[1]);
	autobound->peer = descriptor_receive(autobound->channel[1]);
	if (autobound->fd < 0 || autobound->peer < 0)
		rival->failed = true;
}

static void act(struct rival *rival, long long moment)
{
	struct autobound *autobound = rival->of;
	struct pollfd left = {.fd = autobound->peer};
	const int on = 1;

	(void)moment;
	while (poll(&left, 1, 0) >= 0 && !(left.revents & POLLERR) && !autobound->refused)
		;
	if (left.revents & POLLERR) {
		if (setsockopt(autobound->fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) ||
		    send(autobound->fd, "", 1, MSG_DONTWAIT) != 1)
			rival->failed = true;
		rival->to = now();
	}
	close(autobound->fd);
	close(autobound->peer);
}

/* Makes a socket with a peer. A byte that it has not received makes the peer get an error when it is connected away. */
static void make_pair(const struct autobound *autobound, int pair[2])
{
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) || send(pair[1], "", 1, 0) != 1 ||
	    !descriptor_send(autobound->channel[0], pair[0]) || !descriptor_send(autobound->channel[0], pair[1]))
		_exit(3);
}

static char play_round(struct rival *rival, void *with, bool *won)
{
	struct autobound *autobound = with;
	int pair[2];
	char byte;

	make_pair(autobound, pair);
	rival_begin(rival);
	interrupt_after(autobound->timer, rival_chance(rival, CALL_NANOS));
	long result = watched_connect(ABI_NATIVE, pair[0], autobound->a.address, (long)autobound->a.length);
	autobound->refused = result != 0;
	*won = rival_end(rival) && !result;
	close(pair[0]);
	close(pair[1]);
	recv(autobound->target, &byte, 1, MSG_DONTWAIT);
	return result ? 'x' : 'a';
}

static void play(struct autobound *autobound, long calls)
{
	struct rival *rival = rival_new(act, autobound, true);

	autobound->timer = interrupt_open();
	pid_t waiting = interrupt_start(autobound->timer);
	rival->prepare = prepare;
	rival_play(rival, calls, play_round, autobound, "unsupported: the other process cannot send by the socket");
	interrupt_stop(waiting);
	close(autobound->timer);
}

void command_autobound_socket(void)
{
	struct autobound *autobound =
		mmap(NULL, sizeof(*autobound), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (autobound == MAP_FAILED || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, autobound->channel))
		_exit(3);
	if (bytes_take(&autobound->a, "a")) {
		autobound->target = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (bind(autobound->target, (const struct sockaddr *)autobound->a.address,
			 (socklen_t)autobound->a.length))
			fail("unsupported: a is not free");
		else
			play(autobound, (long)line_number("calls", 1000));
		close(autobound->target);
	}
	close(autobound->channel[0]);
	close(autobound->channel[1]);
	free(autobound->a.address);
	munmap(autobound, sizeof(*autobound));
}
