/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A UDP connect, whose address another process changes to AF_UNSPEC when the kernel has copied it.
 * That process is the root of the network namespace, holds no descriptor of the socket, and ends
 * the association by SOCK_DESTROY before the call returns. So the socket has no peer, as if the
 * call had taken what its memory claims. The address is not in memory when the call enters.
 */
#include "attack/interrupt.h"
#include "attack/rival.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif
/* Every connect chooses this port. A socket that was disconnected has none, so that nobody finds it. */
#define OWN_PORT 40067
/* An interrupt that comes within this time makes the end of a call last. */
#define CALL_NANOS 12000
/* By then a call has returned that no interrupt holds. */
#define LEAD_NANOS 4000

/* The state of the attack, in memory that both processes share. */
struct destroyed {
	/* The address has a page of its own. */
	struct sockaddr_in *address;
	struct sockaddr_in a;
	/* The main thread calls, and has returned. */
	volatile bool begun, returned;
	int timer;
	/* The other process's own. */
	int diagnosis;
};

/* Ends what a UDP socket is connected to. Returns 0, or the kernel's errno: ENOENT where there is no such socket. */
static int destroy(const struct destroyed *destroyed)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 socket;
	} request = {.header = {.nlmsg_len = sizeof(request),
				.nlmsg_type = SOCK_DESTROY,
				.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
		     .socket = {.sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_UDP, .idiag_states = ~0u}};
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
	} answer;

	request.socket.id.idiag_sport = htons(OWN_PORT);
	request.socket.id.idiag_dport = destroyed->a.sin_port;
	request.socket.id.idiag_src[0] = request.socket.id.idiag_dst[0] = destroyed->a.sin_addr.s_addr;
	request.socket.id.idiag_cookie[0] = request.socket.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
	if (send(destroyed->diagnosis, &request, sizeof(request), 0) < 0 ||
	    recv(destroyed->diagnosis, &answer, sizeof(answer), 0) < 0)
		return errno;
	return answer.header.nlmsg_type == NLMSG_ERROR ? -answer.error.error : EPROTO;
}

/* Returns a socket that a connect binds to the one port. */
static int new_socket(void)
{
	const uint32_t range = (uint32_t)OWN_PORT << 16 | OWN_PORT;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (setsockopt(fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &range, sizeof(range))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Tries it with a socket of this process's own. Without a module the kernel finds no socket at all. */
static bool can_destroy(struct destroyed *destroyed)
{
	int fd = new_socket();
	bool done = fd >= 0 &&
		    !watched_connect(ABI_NATIVE, fd, &destroyed->a, sizeof(destroyed->a)) &&
		    !destroy(destroyed);

	close(fd);
	return done;
}

static void prepare(struct rival *rival)
{
	struct destroyed *destroyed = rival->of;

	if (destroyed->diagnosis < 0) {
		destroyed->diagnosis = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
		if (destroyed->diagnosis < 0 || !can_destroy(destroyed) || !interrupt_lengthen(destroyed->timer))
			rival->failed = true;
	}
	*destroyed->address = destroyed->a;
	destroyed->begun = destroyed->returned = false;
}

static void act(struct rival *rival, long long moment)
{
	struct destroyed *destroyed = rival->of;

	(void)moment;
	while (!destroyed->begun)
		;
	rival_wait(now() + LEAD_NANOS);
	destroyed->address->sin_family = AF_UNSPEC;
	while (!destroyed->returned) {
		int error = destroy(destroyed);

		if (!error) {
			rival->to = now();
			return;
		}
		if (error != ENOENT)
			rival->failed = true;
	}
}

static bool was_destroyed(int fd)
{
	int error = 0;
	socklen_t length = sizeof(error);

	return !getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) && error == ECONNABORTED;
}

static char play_round(struct rival *rival, void *with, bool *won)
{
	struct destroyed *destroyed = with;
	int fd = new_socket();

	if (fd < 0)
		rival->failed = true;
	rival_begin(rival);
	madvise(destroyed->address, (size_t)getpagesize(), MADV_DONTNEED);
	interrupt_after(destroyed->timer, rival_chance(rival, CALL_NANOS));
	destroyed->begun = true;
	watched_connect(ABI_NATIVE, fd, destroyed->address, sizeof(destroyed->a));
	destroyed->returned = true;
	bool within = rival_end(rival), ended = was_destroyed(fd);
	*won = within && ended;
	char letter = ended || is_connected(fd) ? 'a' : 'x';
	close(fd);
	return letter;
}

static void play(struct destroyed *destroyed, long calls)
{
	struct rival *rival = rival_new(act, destroyed, true);

	rival->prepare = prepare;
	rival_play(rival, calls, play_round, destroyed, "unsupported: no other process can destroy the socket");
}

static void *shared_pages(size_t size)
{
	void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		_exit(3);
	return pages;
}

void command_destroyed_socket(void)
{
	struct bytes a = {0};
	struct destroyed *destroyed = shared_pages(sizeof(*destroyed));
	size_t page = (size_t)getpagesize();

	destroyed->address = shared_pages(page);
	destroyed->diagnosis = -1;
	destroyed->timer = interrupt_open();
	if (bytes_take(&a, "a")) {
		memcpy(&destroyed->a, a.address, a.length < sizeof(destroyed->a) ? a.length : sizeof(destroyed->a));
		play(destroyed, (long)line_number("calls", 1000));
	}
	free(a.address);
	close(destroyed->timer);
	munmap(destroyed->address, page);
	munmap(destroyed, sizeof(*destroyed));
}
