/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request on an io_uring connects a TCP socket to a, where somebody listens. Meanwhile another thread connects the
 * same socket to b, which refuses. The kernel hands the error of that attempt to whoever asks first: a request that
 * fetches it has not looked at its own address.
 */
#include "attack/rival.h"
#include "ring.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The two threads begin at most so many ns apart. */
#define APART_NANOS 3000

struct fetched {
	struct bytes a, b;
	/* The other thread sends with MSG_FASTOPEN on its own ring, instead of calling connect(2). */
	bool sends;
	struct ring own, other;
	int listener, refusing;
	/* The socket of the round. */
	int fd;
};

static void act(struct rival *rival, long long moment)
{
	struct fetched *fetched = rival->of;

	(void)moment;
	rival_wait(now() + rival_chance(rival, APART_NANOS));
	if (fetched->sends)
		ring_attempt(&fetched->other, fetched->fd, fetched->b.address, fetched->b.length);
	else
		watched_connect(ABI_NATIVE, fetched->fd, fetched->b.address, (long)fetched->b.length);
	rival->to = now();
}

/* Returns the result of the request. */
static int connect_by_request(struct fetched *fetched)
{
	struct ring *ring = &fetched->own;
	struct io_uring_sqe *request = ring_next(ring);
	int result;

	request->opcode = IORING_OP_CONNECT;
	request->fd = fetched->fd;
	request->addr = (uintptr_t)fetched->a.address;
	request->addr2 = fetched->a.length;
	ring_push(ring);
	__atomic_fetch_add(&counts()->begun, 1, __ATOMIC_SEQ_CST);
	ring_enter(ring, 1, 1);
	result = ring->completions[*ring->completed_head & *ring->completed_mask].res;
	__atomic_store_n(ring->completed_head, *ring->completed_head + 1, __ATOMIC_RELEASE);
	__atomic_fetch_add(&counts()->ended, 1, __ATOMIC_SEQ_CST);
	return result;
}

static char play_round(struct rival *rival, void *with, bool *won)
{
	struct fetched *fetched = with;
	struct linger at_once = {.l_onoff = 1};
	int result, accepted;

	fetched->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fetched->fd < 0)
		_exit(3);
	rival_begin(rival);
	rival_wait(now() + rival_chance(rival, APART_NANOS));
	result = connect_by_request(fetched);
	rival_end(rival);
	/* Nobody refuses at a. */
	*won = result == -ECONNREFUSED;
	setsockopt(fetched->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(fetched->fd);
	while ((accepted = accept4(fetched->listener, NULL, NULL, SOCK_NONBLOCK)) >= 0)
		close(accepted);
	return *won ? 'b' : result ? 'x' : 'a';
}

/* Binds a socket to the address, where it does not listen. */
static bool refuse_at(int *refusing, const struct bytes *address)
{
	*refusing = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return *refusing >= 0 &&
	       !bind(*refusing, (const struct sockaddr *)address->address, (socklen_t)address->length);
}

static const char *open_sockets(struct fetched *fetched)
{
	if (!listen_at(&fetched->listener, fetched->a.address, (socklen_t)fetched->a.length) ||
	    listen(fetched->listener, SOMAXCONN) || fcntl(fetched->listener, F_SETFL, O_NONBLOCK))
		return "nobody can listen at a";
	return refuse_at(&fetched->refusing, &fetched->b) ? NULL : "b is not free";
}

static void play(struct fetched *fetched, long calls)
{
	if (!ring_open(&fetched->own, false)) {
		fail("unsupported: no io_uring");
		return;
	}
	if (ring_open(&fetched->other, false)) {
		rival_play(rival_new(act, fetched, false), calls, play_round, fetched, "the other thread failed");
		ring_close(&fetched->other);
	} else {
		fail("unsupported: no second io_uring");
	}
	ring_close(&fetched->own);
}

void command_fetched_attempt(void)
{
	struct fetched fetched = {.listener = -1, .refusing = -1};
	const char *how = line_text("how");

	if (!bytes_take(&fetched.a, "a") || !bytes_take(&fetched.b, "b")) {
		free(fetched.a.address);
		return;
	}
	fetched.sends = how && !strcmp(how, "send");
	const char *missing = open_sockets(&fetched);
	if (!how || (!fetched.sends && strcmp(how, "connect")))
		fail("fetched-attempt needs how=connect or how=send");
	else if (missing)
		fail("unsupported: %s", missing);
	else
		play(&fetched, (long)line_number("calls", 1000));
	close(fetched.listener);
	close(fetched.refusing);
	free(fetched.a.address);
	free(fetched.b.address);
}
