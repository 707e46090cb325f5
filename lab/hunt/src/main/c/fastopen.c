/* SPDX-License-Identifier: Apache-2.0 */
/* TCP attempts without connect(2): a socket in mid-call is shut down, and sends elsewhere by MSG_FASTOPEN. */
#include "hunter.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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
void send_elsewhere(struct self *self, const struct op *op)
{
	int fd = op->value < 0 ? SLOT_FD + op->slot : fetch((int)op->value, SLOT_FD + op->slot);
	int thread = op->value < 0 ? 0 : first_thread((int)op->value);
	cpu_set_t before;

	/* One op in four goes on with a socket that is not in TCP_SYN_SENT. */
	if (fd >= 0 && (waits_soon(fd) || !(next_random(self) & 3))) {
		unsigned long cookie = cookie_of(fd);
		char to[2 * sizeof(struct sockaddr_storage) + 1];

		append_hex(to, &op->to.bytes, op->to.length);
		if (thread)
			keep_beside(thread, &before);
		uint64_t begin = now();

		shutdown(fd, SHUT_RDWR);
		/* Unread bytes would make the listener reset the connection. */
		sendto(fd, "", 0, MSG_FASTOPEN | MSG_NOSIGNAL, (const struct sockaddr *)&op->to.bytes, op->to.length);
		append(self->log, "attempt a=%d t=%d b=%lu e=%lu cookie=%lu to=%s\n", self->actor->id, self->tid, begin,
		       now(), cookie, to);
		if (thread)
			let_go(thread, &before);
	}
	if (op->value >= 0 && fd >= 0) {
		uint64_t begin = now();

		close(fd);
		append(self->log, "fd tab=%d b=%lu e=%lu fd=%d\n", table_of(self), begin, now(), fd);
	}
}
