/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A socket that is connected to a link-local address. Another process takes it in mid-call, binds it to another
 * interface, and gives it back.
 */
#include "attack/rival.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

/* Nobody answers the connect, which gives up after this time and leaves the socket on its way. */
#define WAIT_MICROS 4000
/* The kernel copies the address within this time. */
#define COPY_NANOS 3000

/* The state of the attack, in memory that both processes share. */
struct rebound {
	struct sockaddr_in6 address;
	/* The socket's own address; of no family where the connect chooses it. */
	struct sockaddr_in6 own;
	uint32_t a, b;
	bool flips;
	pid_t owner;
	int fd, owner_fd;
	volatile bool returned;
	/* The scope that the call took, and the one that the socket was bound to after that; 0 while there is none. */
	volatile uint32_t taken, bound;
};

static void flip_until(struct rebound *rebound, long long moment)
{
	volatile uint32_t *scope = &rebound->address.sin6_scope_id;

	while (now() < moment) {
		*scope = rebound->b;
		if (now() >= moment)
			break;
		*scope = rebound->a;
	}
}

static bool is_on_its_way(int fd)
{
	struct tcp_info info = {.tcpi_state = TCP_CLOSE};
	socklen_t length = sizeof(info);

	return !getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) && info.tcpi_state == TCP_SYN_SENT;
}

static uint32_t device_of(int fd)
{
	int index = 0;
	socklen_t length = sizeof(index);

	return getsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &index, &length) ? 0 : (uint32_t)index;
}

static void act(struct rival *rival, long long moment)
{
	struct rebound *rebound = rival->of;

	(void)moment;
	if (rebound->flips)
		flip_until(rebound, now() + rival_chance(rival, COPY_NANOS));
	else
		rival_wait(now() + COPY_NANOS);
	if (rebound->owner_fd < 0)
		rebound->owner_fd = (int)syscall(SYS_pidfd_open, rebound->owner, 0);
	int fd = (int)syscall(SYS_pidfd_getfd, rebound->owner_fd, rebound->fd, 0);
	if (fd < 0)
		rival->failed = true;
	while (fd >= 0 && !rebound->returned && !is_on_its_way(fd))
		;
	if (fd >= 0 && is_on_its_way(fd)) {
		int other;

		rebound->taken = device_of(fd);
		other = (int)(rebound->taken == rebound->a ? rebound->b : rebound->a);
		if (!setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &other, sizeof(other)))
			rebound->bound = (uint32_t)other;
		else
			rival->failed = true;
	}
	close(fd);
}

static int new_socket(const struct rebound *rebound)
{
	const struct timeval patience = {.tv_usec = WAIT_MICROS};
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (rebound->own.sin6_family && bind(fd, (const struct sockaddr *)&rebound->own, sizeof(rebound->own))) {
		close(fd);
		return -1;
	}
	return fd;
}

static char play_round(struct rival *rival, void *with, bool *won)
{
	struct rebound *rebound = with;

	rebound->fd = new_socket(rebound);
	if (rebound->fd < 0) {
		rival->failed = true;
		return 'x';
	}
	if (!rebound->own.sin6_family)
		rebound->address.sin6_scope_id = rebound->a;
	rebound->taken = rebound->bound = 0;
	rebound->returned = false;
	rival_begin(rival);
	long result = watched_connect(ABI_NATIVE, rebound->fd, &rebound->address, sizeof(rebound->address));
	rebound->returned = true;
	bool within = rival_end(rival);
	bool took_b = rebound->taken == rebound->b;
	char letter = result != -EINPROGRESS || !rebound->taken ? 'x' : took_b ? 'b' : 'a';
	*won = within && rebound->bound && letter != 'x';
	close(rebound->fd);
	return letter;
}

static void play(struct rebound *rebound, long calls)
{
	struct rival *rival = rival_new(act, rebound, true);

	rival_play(rival, calls, play_round, rebound, "unsupported: no other process can bind the socket");
}

void command_scope_rebound(void)
{
	struct bytes a = {0}, b = {0}, own = {0};
	struct rebound *rebound = mmap(NULL, sizeof(*rebound), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (rebound == MAP_FAILED)
		_exit(3);
	if (bytes_take(&a, "a") && bytes_take(&b, "b") && (!line_text("own") || bytes_take(&own, "own"))) {
		if (a.length == sizeof(rebound->address) && b.length == a.length) {
			memcpy(&rebound->address, b.address, b.length);
			rebound->b = rebound->address.sin6_scope_id;
			memcpy(&rebound->address, a.address, a.length);
			rebound->a = rebound->address.sin6_scope_id;
			if (own.length == sizeof(rebound->own)) {
				memcpy(&rebound->own, own.address, own.length);
				rebound->address.sin6_scope_id = 0;
			}
			rebound->flips = line_number("flip", 0);
			rebound->owner = getpid();
			rebound->owner_fd = -1;
			play(rebound, (long)line_number("calls", 1));
		} else {
			fail("a= and b= must be a struct sockaddr_in6");
		}
	}
	free(a.address);
	free(b.address);
	free(own.address);
	munmap(rebound, sizeof(*rebound));
}
