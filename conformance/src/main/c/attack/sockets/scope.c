/* SPDX-License-Identifier: Apache-2.0 */
/* Link-local addresses that several interfaces have, with a scope id that another process flips. */
#include "attack/rival.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* The address and its two scope ids, in memory that both processes share. */
struct scoped {
	struct sockaddr_in6 address;
	uint32_t a, b;
};

static void act(struct rival *rival, long long moment)
{
	struct scoped *scoped = rival->of;
	volatile uint32_t *scope = &scoped->address.sin6_scope_id;

	while (now() < moment) {
		*scope = scoped->b;
		if (now() >= moment)
			break;
		*scope = scoped->a;
	}
}

static char truth_of(const struct scoped *scoped, int fd, long result)
{
	struct sockaddr_in6 peer;
	socklen_t length = sizeof(peer);

	if (result || getpeername(fd, (struct sockaddr *)&peer, &length))
		return 'x';
	return peer.sin6_scope_id == scoped->a ? 'a' : peer.sin6_scope_id == scoped->b ? 'b' : 'x';
}

/* A socket keeps the first interface that it was connected through, so each round has a fresh socket. */
static char play_round(struct rival *rival, void *with, bool *won)
{
	struct scoped *scoped = with;
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	scoped->address.sin6_scope_id = scoped->a;
	rival_begin(rival);
	long result = watched_connect(ABI_NATIVE, fd, &scoped->address, sizeof(scoped->address));
	rival_end(rival);
	char letter = truth_of(scoped, fd, result);
	*won = letter == 'b';
	close(fd);
	return letter;
}

static void play(struct scoped *scoped, long calls)
{
	struct rival *rival = rival_new(act, scoped, true);

	rival_play(rival, calls, play_round, scoped, "unsupported: no other process can change the scope");
}

void command_scope(void)
{
	struct bytes a = {0}, b = {0};
	struct scoped *scoped = mmap(NULL, sizeof(*scoped), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (scoped == MAP_FAILED)
		_exit(3);
	if (bytes_take(&a, "a") && bytes_take(&b, "b")) {
		if (a.length == sizeof(scoped->address) && b.length == a.length) {
			memcpy(&scoped->address, b.address, b.length);
			scoped->b = scoped->address.sin6_scope_id;
			memcpy(&scoped->address, a.address, a.length);
			scoped->a = scoped->address.sin6_scope_id;
			play(scoped, (long)line_number("calls", 1000));
		} else {
			fail("a= and b= must be a struct sockaddr_in6");
		}
	}
	free(a.address);
	free(b.address);
	munmap(scoped, sizeof(*scoped));
}
