/* SPDX-License-Identifier: Apache-2.0 */
#include "actor.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Each handle holds the descriptor plus 1, so that 0 means none. */
static int handles[HANDLES];

void handle_put(long long id, int fd)
{
	if (id < 0 || id >= HANDLES)
		return;
	handle_close(id);
	handles[id] = fd + 1;
}

int handle_get(const char *text, int missing)
{
	if (!text)
		return missing;
	if (strncmp(text, "h:", 2))
		return (int)strtoll(text, NULL, 0);
	long long id = strtoll(text + 2, NULL, 0);
	return id >= 0 && id < HANDLES ? handles[id] - 1 : -1;
}

void handle_close(long long id)
{
	if (id < 0 || id >= HANDLES || !handles[id])
		return;
	close(handles[id] - 1);
	handles[id] = 0;
}

struct msghdr *descriptor_message(struct descriptor_message *to, int fd)
{
	memset(to, 0, sizeof(*to));
	to->part = (struct iovec){.iov_base = &to->byte, .iov_len = 1};
	to->whole = (struct msghdr){
		.msg_iov = &to->part, .msg_iovlen = 1, .msg_control = to->space, .msg_controllen = sizeof(to->space)};
	struct cmsghdr *header = CMSG_FIRSTHDR(&to->whole);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(int));
	return &to->whole;
}

bool descriptor_send(int channel, int fd)
{
	struct descriptor_message message;

	return sendmsg(channel, descriptor_message(&message, fd), 0) == 1;
}

int descriptor_receive(int channel)
{
	char byte, space[CMSG_SPACE(sizeof(int))];
	struct iovec part = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space)};
	int fd = -1;

	if (recvmsg(channel, &message, MSG_CMSG_CLOEXEC) == 1 && CMSG_FIRSTHDR(&message))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
	return fd;
}
