/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread makes calls, and another one rewrites their argument all the time. The reply has the truth of each call.
 */
#include "actor.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct flip {
	volatile unsigned char *byte;
	unsigned char a, b;
	volatile bool over;
};

/* Checks for the end between the two writes, so that the argument can be left with either value. */
static void *flipper(void *argument)
{
	struct flip *flip = argument;

	while (!flip->over) {
		*flip->byte = flip->b;
		if (flip->over)
			break;
		*flip->byte = flip->a;
	}
	return NULL;
}

/*
 * Sets up memory that holds a, and finds the one byte in which b differs. Replies with an error and returns false when
 * there is no such byte.
 */
static bool flip_open(struct flip *flip, unsigned char **memory, size_t *length, char *b_out)
{
	size_t b_length = 0, at = 0, differences = 0;
	unsigned char *a = line_bytes("a", length), *b = line_bytes("b", &b_length);

	for (size_t i = 0; a && b && *length == b_length && i < b_length; i++) {
		if (a[i] != b[i]) {
			at = i;
			differences++;
		}
	}
	if (differences != 1 || b_length >= 4096) {
		fail("a= and b= must differ in one byte");
		free(a);
		free(b);
		return false;
	}
	*memory = map_low(8192);
	memcpy(*memory, a, b_length + 1);
	memcpy(b_out, b, b_length + 1);
	*flip = (struct flip){.byte = *memory + at, .a = a[at], .b = b[at]};
	free(a);
	free(b);
	return true;
}

static char which_file(long fd, const struct stat *a, const struct stat *b)
{
	struct stat status;

	if (fd < 0 || fstat((int)fd, &status))
		return 'x';
	return status.st_ino == a->st_ino ? 'a' : status.st_ino == b->st_ino ? 'b' : 'x';
}

static void flip_reply(pid_t tid, char *truth, long calls)
{
	truth[calls] = 0;
	reply_begin();
	reply("tid=%d truth=%s", tid, truth);
	reply_end();
}

/* Makes N calls of openat on two existing files; the mode of call i is tag + i. */
void command_flip(void)
{
	long calls = line_number("calls", 1000), tag = line_number("tag", 1);
	unsigned char *memory;
	char b[4096];
	size_t length;
	struct stat first, second;
	struct flip flip;
	pthread_t thread;

	if (!flip_open(&flip, &memory, &length, b))
		return;
	char *truth = malloc((size_t)calls + 1);
	if (stat((char *)memory, &first) || stat(b, &second) || !truth) {
		fail("a= and b= must exist");
	} else {
		pthread_create(&thread, NULL, flipper, &flip);
		for (long i = 0; i < calls; i++) {
			long fd = watched_openat(ABI_NATIVE, AT_FDCWD, memory, O_RDONLY, tag + i);
			truth[i] = which_file(fd, &first, &second);
			if (fd >= 0)
				close((int)fd);
		}
		flip.over = true;
		pthread_join(thread, NULL);
		flip_reply(own_tid(), truth, calls);
	}
	free(truth);
}

/* Makes N calls of connect on one datagram socket, which takes any address at once; the socket's peer is the truth. */
void command_flip_connect(void)
{
	long calls = line_number("calls", 1000);
	unsigned char *memory, peer[MAX_ADDRESS];
	char b[4096];
	size_t length;
	struct flip flip;
	pthread_t thread;
	int fd = handle_get(line_text("fd"), -1);

	if (!flip_open(&flip, &memory, &length, b))
		return;
	char *truth = malloc((size_t)calls + 1);
	if (!truth)
		_exit(3);
	size_t at = (size_t)(flip.byte - memory);
	pthread_create(&thread, NULL, flipper, &flip);
	for (long i = 0; i < calls; i++) {
		socklen_t size = sizeof(peer);
		long result = watched_connect(ABI_NATIVE, fd, memory, (long)length);
		bool known = !result && !getpeername(fd, (struct sockaddr *)peer, &size);
		truth[i] = !known ? 'x' : peer[at] == flip.a ? 'a' : peer[at] == flip.b ? 'b' : 'x';
	}
	flip.over = true;
	pthread_join(thread, NULL);
	flip_reply(own_tid(), truth, calls);
	free(truth);
}
