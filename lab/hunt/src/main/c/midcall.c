/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Other processes take a socket in mid-call, and connect it elsewhere by MSG_FASTOPEN, or give its
 * addresses another scope or family.
 */
#include "hunter.h"

#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif
#define PATIENCE_NANOS 2000000

static bool waits(int fd)
{
	struct tcp_info info = { .tcpi_state = TCP_CLOSE };
	socklen_t length = sizeof(info);

	return !getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) && info.tcpi_state == TCP_SYN_SENT;
}

static bool waits_soon(int fd)
{
	uint64_t until = now() + PATIENCE_NANOS;
	bool waiting;

	while (!(waiting = waits(fd)) && now() < until && !arena->stopped)
		sched_yield();
	return waiting;
}

static int first_thread(int process)
{
	for (int i = 0; i < program.actors_count; i++) {
		if (program.actors[i].process == process)
			return arena->tids[i];
	}
	return 0;
}

/* A SCHED_BATCH thread that wakes on this CPU preempts no thread, so its call returns after the attempt. */
static void keep_beside(int thread, cpu_set_t *before)
{
	struct sched_param none;
	cpu_set_t here;

	memset(&none, 0, sizeof(none));
	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	sched_getaffinity(0, sizeof(*before), before);
	sched_setaffinity(0, sizeof(here), &here);
	sched_setscheduler(thread, SCHED_BATCH, &none);
	sched_setaffinity(thread, sizeof(here), &here);
}

static void let_go(int thread, const cpu_set_t *before)
{
	struct sched_param none;

	memset(&none, 0, sizeof(none));
	sched_setaffinity(thread, sizeof(*before), before);
	sched_setscheduler(thread, SCHED_OTHER, &none);
	sched_setaffinity(0, sizeof(*before), before);
}

/* The socket belongs to this process if op->value is negative, else to the process with that number. */
static int borrow(const struct op *op)
{
	return op->value < 0 ? SLOT_FD + op->slot : fetch((int)op->value, SLOT_FD + op->slot);
}

static void give_back(struct self *self, const struct op *op, int fd)
{
	if (op->value < 0 || fd < 0)
		return;
	uint64_t begin = now();

	close(fd);
	append(self->log, "fd tab=%d b=%lu e=%lu fd=%d\n", table_of(self), begin, now(), fd);
}

static void attempt(struct self *self, const struct op *op, int fd)
{
	char to[2 * sizeof(struct sockaddr_storage) + 1];
	unsigned long cookie = cookie_of(fd);

	append_hex(to, &op->to.bytes, op->to.length);
	uint64_t begin = now();

	shutdown(fd, SHUT_RDWR);
	/* Unread bytes would make the listener reset the connection. */
	if (op->by_ring)
		send_by_ring(self, fd, &op->to);
	else
		sendto(fd, "", 0, MSG_FASTOPEN | MSG_NOSIGNAL, (const struct sockaddr *)&op->to.bytes, op->to.length);
	append(self->log, "attempt a=%d t=%d b=%lu e=%lu cookie=%lu to=%s\n", self->actor->id, self->tid, begin, now(),
	       cookie, to);
}

void send_elsewhere(struct self *self, const struct op *op)
{
	int fd = borrow(op);
	int thread = op->value < 0 ? 0 : first_thread((int)op->value);
	cpu_set_t before;

	/* One op in four goes on with a socket that is not in TCP_SYN_SENT. */
	if (fd >= 0 && (waits_soon(fd) || !(next_random(self) & 3))) {
		if (thread)
			keep_beside(thread, &before);
		attempt(self, op, fd);
		if (thread)
			let_go(thread, &before);
	}
	give_back(self, op, fd);
}

/* The interface of a link-local peer is the scope of both addresses. */
static void rebind(int fd)
{
	int first = (int)if_nametoindex("hunt0"), second = (int)if_nametoindex("hunt1"), index = 0;
	socklen_t length = sizeof(index);

	getsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &index, &length);
	index = index == first ? second : first;
	setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &index, sizeof(index));
}

/* The kernel does it as soon as the socket has a peer whose address stands for one of IPv4. */
static void reform(int fd)
{
	uint64_t until = now() + PATIENCE_NANOS;
	int family = AF_INET;

	while (setsockopt(fd, IPPROTO_IPV6, IPV6_ADDRFORM, &family, sizeof(family)) && now() < until && !arena->stopped)
		;
}

void rename_socket(struct self *self, const struct op *op)
{
	int fd = borrow(op);

	if (fd >= 0) {
		struct looked looked;

		look_at_socket(fd, &looked);
		uint64_t begin = now();

		/* A call that begins meanwhile is marked, so this holds only a socket that waits in one. */
		if (op->verb == REFORM)
			reform(fd);
		else if (waits(fd))
			rebind(fd);
		append(self->log, "renamed b=%lu e=%lu cookie=%lu name=%s\n", begin, now(), looked.cookie, looked.name);
	}
	give_back(self, op, fd);
}
