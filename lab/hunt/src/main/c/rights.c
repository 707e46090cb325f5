/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors that processes send each other over UNIX sockets (SCM_RIGHTS). */
#include "hunter.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
	struct cmsghdr header;
	char room[CMSG_SPACE(sizeof(int))];
};

/* Each mailbox is a socket pair: its process reads from the second end, and all processes send to the first. */
void build_mailboxes(void)
{
	for (int i = 0; i < program.processes_count; i++) {
		int ends[2];

		if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends))
			continue;
		for (int end = 0; end < 2; end++) {
			dup2(ends[end], MAIL_FD + 2 * i + end);
			close(ends[end]);
		}
	}
}

static void prepare(struct msghdr *message, struct iovec *part, union control *control)
{
	static char byte = 'r';

	memset(message, 0, sizeof(*message));
	memset(control, 0, sizeof(*control));
	part->iov_base = &byte;
	part->iov_len = 1;
	message->msg_iov = part;
	message->msg_iovlen = 1;
	message->msg_control = control;
	message->msg_controllen = sizeof(*control);
}

void send_right(struct self *self, const struct op *op)
{
	int fd = op->slot >= 0 ? SLOT_FD + op->slot : op->number;
	struct msghdr message;
	struct iovec part;
	union control control;

	(void)self;
	prepare(&message, &part, &control);
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	sendmsg(MAIL_FD + 2 * (int)(op->value % program.processes_count), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static int received(const struct self *self, int millis)
{
	struct pollfd polled = { .fd = MAIL_FD + 2 * self->actor->process + 1, .events = POLLIN };
	struct msghdr message;
	struct iovec part;
	union control control;
	int fd = -1;

	prepare(&message, &part, &control);
	if (poll(&polled, 1, millis) == 1 && recvmsg(polled.fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) == 1 &&
	    control.header.cmsg_type == SCM_RIGHTS && control.header.cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	return fd;
}

/* Connects the received descriptor if the op has an address, and gives it the number that the op names. */
void receive_right(struct self *self, const struct op *op)
{
	int fd = received(self, (int)op->value);
	int number = op->slot >= 0 ? SLOT_FD + op->slot : op->number;
	uint64_t begin;

	if (fd < 0)
		return;
	if (op->to.length)
		connect_at(self, op, fd, false);
	if (number >= 0) {
		begin = now();
		dup2(fd, number);
		append(self->log, "fd tab=%d b=%lu e=%lu fd=%d\n", table_of(self), begin, now(), number);
	}
	begin = now();
	if (fd != number)
		close(fd);
	append(self->log, "fd tab=%d b=%lu e=%lu fd=%d\n", table_of(self), begin, now(), fd);
}
