/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connect(2) acts, and before it returns another process fetches the socket. It binds the socket, or it lends it to a
 * process of another user, which connects it elsewhere. An interrupt makes the end of the call last.
 */
#include "taken.h"

#include "attack/interrupt.h"
#include "lent.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROOM 16
/* The interrupt comes at any moment of a call, which takes about so long. */
#define CALL_NANOS 12000
/* By then a call has returned that no interrupt holds. */
#define LEAD_NANOS 8000

struct taken *taken_new(void)
{
	struct taken *taken = mmap(NULL, sizeof(*taken), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (taken == MAP_FAILED)
		_exit(3);
	taken->owner = getpid();
	taken->owner_fd = taken->filler = taken->timer = taken->listener = -1;
	if (bytes_take(&taken->a, "a") && bytes_take(&taken->b, "b"))
		return taken;
	taken_free(taken);
	return NULL;
}

void taken_free(struct taken *taken)
{
	free(taken->a.address);
	free(taken->b.address);
	munmap(taken, sizeof(*taken));
}

static int fetch(const struct taken *taken, int fd)
{
	return (int)syscall(SYS_pidfd_getfd, taken->owner_fd, fd, 0);
}

/* Tries once whether this process may fetch descriptors. */
static bool get_ready(struct taken *taken)
{
	taken->owner_fd = (int)syscall(SYS_pidfd_open, taken->owner, 0);
	int fd = fetch(taken, STDIN_FILENO);

	if (fd < 0)
		return false;
	close(fd);
	return !taken->open || taken->open(taken);
}

static void prepare(struct rival *rival)
{
	struct taken *taken = rival->of;

	if (taken->owner_fd < 0 && !get_ready(taken)) {
		rival->failed = true;
		return;
	}
	taken->fd = -1;
	taken->returned = taken->acted = false;
	if (taken->prepare && !taken->prepare(taken))
		rival->failed = true;
}

static void take(struct rival *rival, long long moment)
{
	struct taken *taken = rival->of;

	(void)moment;
	while (taken->fd < 0 && !taken->returned)
		;
	rival_wait(now() + taken->lead);
	while (!taken->returned && !taken->acted && !rival->failed) {
		int fd = fetch(taken, taken->fd);

		if (fd >= 0 && !is_connected(fd))
			close(fd);
		else if (fd >= 0 && taken->act(taken, fd))
			taken->acted = true;
		else
			rival->failed = true;
	}
}

struct rival *taken_rival(struct taken *taken)
{
	struct rival *rival = rival_new(take, taken, true);

	rival->prepare = prepare;
	return rival;
}

bool taken_end(struct taken *taken, struct rival *rival)
{
	taken->returned = true;
	return rival_end(rival) && taken->acted;
}

bool taken_bind(struct taken *taken, int fd)
{
	bool done = !bind(fd, (const struct sockaddr *)taken->b.address, (socklen_t)taken->b.length);

	close(fd);
	return done;
}

int taken_listen(const struct taken *taken, int backlog)
{
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (bind(listener, (const struct sockaddr *)taken->a.address, (socklen_t)taken->a.length) ||
	    listen(listener, backlog)) {
		close(listener);
		return -1;
	}
	return listener;
}

void taken_accept(int listener)
{
	for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0;)
		close(fd);
}

/* Lends the socket to the other user, and waits until it has let the socket go. */
static bool lend(struct taken *taken, int fd)
{
	char byte;
	bool sent = descriptor_send(taken->busy->channel, fd);

	close(fd);
	return sent && recv(taken->busy->channel, &byte, 1, 0) == 1;
}

static bool open_interrupt(struct taken *taken)
{
	return interrupt_lengthen(taken->timer);
}

/* Starts the other user's process, and tries it with a socket of this process's own. */
static bool open_lender(struct taken *taken)
{
	static struct busy busy;
	static struct lent lent = {.type = SOCK_DGRAM, .silent = true};

	lent.b = taken->b;
	taken->busy = &busy;
	return open_interrupt(taken) && !busy_open(&busy, lent_borrow, &lent) &&
	       lend(taken, socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

static char play_round(struct rival *rival, void *with, bool *won)
{
	struct taken *taken = with;
	int family = ((const struct sockaddr *)taken->a.address)->sa_family;
	int fd = socket(family, (taken->listener < 0 ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);

	rival_begin(rival);
	interrupt_after(taken->timer, rival_chance(rival, CALL_NANOS));
	taken->fd = fd;
	long result = watched_connect(ABI_NATIVE, fd, taken->a.address, (long)taken->a.length);
	*won = taken_end(taken, rival);
	close(fd);
	if (taken->listener >= 0)
		taken_accept(taken->listener);
	return result ? 'x' : 'a';
}

void command_taken_socket(void)
{
	const char *how = line_text("how");
	bool binds = how && !strcmp(how, "bind");
	struct taken *taken = taken_new();

	if (!taken)
		return;
	taken->listener = binds ? taken_listen(taken, ROOM) : -1;
	taken->timer = interrupt_open();
	taken->lead = LEAD_NANOS;
	taken->open = binds ? open_interrupt : open_lender;
	taken->act = binds ? taken_bind : lend;
	if (binds && taken->listener < 0)
		fail("unsupported: a is not free");
	else
		rival_play(taken_rival(taken), (long)line_number("calls", 1000), play_round, taken, TAKEN_FAILED);
	close(taken->timer);
	if (taken->listener >= 0)
		close(taken->listener);
	taken_free(taken);
}
