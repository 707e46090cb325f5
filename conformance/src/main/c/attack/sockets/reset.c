/* SPDX-License-Identifier: Apache-2.0 */
/* A peer that resets each connection as soon as it has one. */
#include "actor.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void reset_all(int listener)
{
	const struct linger at_once = {.l_onoff = 1};

	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
		close(fd);
	}
}

static unsigned own_port(int fd)
{
	struct sockaddr_in own;
	socklen_t length = sizeof(own);

	return getsockname(fd, (struct sockaddr *)&own, &length) ? 0 : ntohs(own.sin_port);
}

void command_reset(void)
{
	struct sockaddr_in peer = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(peer);
	long calls = (long)line_number("calls", 1000);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	unsigned *ports = calloc((size_t)calls, sizeof(*ports));

	if (!ports || bind(listener, (struct sockaddr *)&peer, sizeof(peer)) || listen(listener, 128) ||
	    getsockname(listener, (struct sockaddr *)&peer, &length)) {
		fail("no listener");
		close(listener);
		free(ports);
		return;
	}
	pid_t child = fork_child();
	if (!child)
		reset_all(listener);
	for (long i = 0; i < calls; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (!watched_connect(ABI_NATIVE, fd, &peer, sizeof(peer)))
			ports[i] = own_port(fd);
		close(fd);
	}
	reap(child, 0);
	close(listener);
	reply_begin();
	reply("tid=%d", own_tid());
	reply_hex("peer", &peer, sizeof(peer));
	reply("ports=%u", ports[0]);
	for (long i = 1; i < calls; i++)
		reply_more(",%u", ports[i]);
	reply_end();
	free(ports);
}
