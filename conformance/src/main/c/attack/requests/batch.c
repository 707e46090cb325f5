/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several requests in one submission on an io_uring, where later requests undo what earlier ones did. Their completions
 * come when the whole batch has run. A read or a datagram in between tells what the first request reached.
 */
#include "actor.h"
#include "ring.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define REQUESTS 16
/* The file a is as long as the read that asks for it, since a short read would break a chain. */
#define SIZE_A 2
#define SIZE_B 1

struct batch {
	struct ring ring;
	struct bytes a, b;
	unsigned link;
	bool polled;
	/* The results by user_data, and the order in which the completions came. */
	long results[REQUESTS];
	unsigned order[REQUESTS];
	unsigned requests;
	char read[SIZE_A];
	/* The pipe that both chains of "continued" wait for. */
	int pipe[2];
	/* The sockets of "reconnect": those bound to a and b, and the one that is connected. */
	int receivers[2];
	int sender;
	char *truth;
	long letters;
};

struct plan {
	const char *how;
	/* Prepares the rounds. Returns what is missing, or NULL. */
	const char *(*open)(struct batch *batch);
	/* Submits one round, and writes its letters. */
	void (*round)(struct batch *batch);
	int watched;
};

static struct io_uring_sqe *add(struct batch *batch, int opcode, int fd, unsigned flags)
{
	struct io_uring_sqe *request = ring_next(&batch->ring);

	request->opcode = (unsigned char)opcode;
	request->fd = fd;
	request->flags = (unsigned char)flags;
	request->user_data = batch->requests++;
	return request;
}

static void add_open(struct batch *batch, const struct bytes *path, unsigned flags)
{
	add(batch, IORING_OP_OPENAT, AT_FDCWD, flags)->addr = (uintptr_t)path->address;
	ring_push(&batch->ring);
}

static void add_read(struct batch *batch, int fd, unsigned flags)
{
	struct io_uring_sqe *request = add(batch, IORING_OP_READ, fd, flags);

	request->addr = (uintptr_t)batch->read;
	request->len = SIZE_A;
	ring_push(&batch->ring);
}

static void add_close(struct batch *batch, int fd, unsigned flags)
{
	add(batch, IORING_OP_CLOSE, fd, flags);
	ring_push(&batch->ring);
}

static void add_poll(struct batch *batch)
{
	add(batch, IORING_OP_POLL_ADD, batch->pipe[0], IOSQE_IO_LINK)->poll32_events = POLLIN;
	ring_push(&batch->ring);
}

static void add_nothing(struct batch *batch)
{
	add(batch, IORING_OP_NOP, 0, IOSQE_IO_LINK);
	ring_push(&batch->ring);
}

static void add_connect(struct batch *batch, const struct bytes *address, unsigned flags)
{
	struct io_uring_sqe *request = add(batch, IORING_OP_CONNECT, batch->sender, flags);

	request->addr = (uintptr_t)address->address;
	request->addr2 = address->length;
	ring_push(&batch->ring);
}

static void add_send(struct batch *batch, unsigned flags)
{
	struct io_uring_sqe *request = add(batch, IORING_OP_SEND, batch->sender, flags);

	request->addr = (uintptr_t)batch->read;
	request->len = 1;
	ring_push(&batch->ring);
}

/* Takes the results of all requests of this round. */
static void finish(struct batch *batch)
{
	for (unsigned taken = 0; taken < batch->requests; taken++) {
		struct completion completion = ring_await(&batch->ring);

		batch->results[completion.user_data % REQUESTS] = completion.result;
		batch->order[completion.user_data % REQUESTS] = taken;
	}
}

static void submit(struct batch *batch, int watched)
{
	__atomic_fetch_add(&counts()->begun, watched, __ATOMIC_SEQ_CST);
	ring_enter(&batch->ring, batch->requests, batch->polled ? 0 : batch->requests);
	finish(batch);
	__atomic_fetch_add(&counts()->ended, watched, __ATOMIC_SEQ_CST);
}

static char letter_of_size(long size)
{
	return size == SIZE_A ? 'a' : size == SIZE_B ? 'b' : 'x';
}

static char letter_of_descriptor(long fd)
{
	struct stat status;

	return fd < 0 || fstat((int)fd, &status) ? 'x' : letter_of_size(status.st_size);
}

/* Returns the descriptor that the next open will return. */
static int next_descriptor(void)
{
	int next = dup(0);

	close(next);
	return next;
}

static const char *files_open(struct batch *batch)
{
	if (truncate((char *)batch->a.address, SIZE_A) || truncate((char *)batch->b.address, SIZE_B))
		return "a and b must be files of the actor's";
	return NULL;
}

/* The read tells the file of the expected descriptor, which the batch closed. Any other descriptor is still open. */
static char letter_of_open(const struct batch *batch, unsigned request, int expected, unsigned read)
{
	long opened = batch->results[request];

	return opened == expected ? letter_of_size(batch->results[read]) : letter_of_descriptor(opened);
}

static void tell_open(struct batch *batch, unsigned request, int expected, unsigned read)
{
	batch->truth[batch->letters++] = letter_of_open(batch, request, expected, read);
}

/* Writes the letters in the order of the completions: a request that would block ends after those behind it. */
static void tell_opens(struct batch *batch, unsigned first, unsigned second, int expected, unsigned read)
{
	bool swapped = batch->order[second] < batch->order[first];

	/* Both opens got the same number, and by now it belongs to the second one. */
	if (!swapped && batch->results[first] == expected && batch->results[second] == expected) {
		tell_open(batch, first, expected, read);
		batch->truth[batch->letters++] = letter_of_descriptor(expected);
	} else {
		tell_open(batch, swapped ? second : first, expected, read);
		tell_open(batch, swapped ? first : second, expected, read);
	}
	for (unsigned i = 0; i < 2; i++)
		if (batch->results[i ? second : first] >= 0)
			close((int)batch->results[i ? second : first]);
}

static void reopen(struct batch *batch)
{
	int fd = next_descriptor();

	add_open(batch, &batch->a, batch->link);
	add_read(batch, fd, batch->link);
	add_close(batch, fd, batch->link);
	add_open(batch, &batch->b, 0);
	submit(batch, 2);
	tell_opens(batch, 0, 3, fd, 1);
}

static void open_and_close(struct batch *batch)
{
	int fd = next_descriptor();

	add_open(batch, &batch->a, batch->link);
	add_read(batch, fd, batch->link);
	add_close(batch, fd, 0);
	submit(batch, 1);
	tell_open(batch, 0, fd, 1);
	if (batch->results[0] != fd)
		close((int)batch->results[0]);
}

static const char *continued_open(struct batch *batch)
{
	if (pipe2(batch->pipe, O_CLOEXEC | O_NONBLOCK))
		return "no pipe";
	return files_open(batch);
}

/*
 * One write wakes both polls. Their chains then run in one pass of task work, a request of each in turn. The NOPs hold
 * the second chain back until the first one has closed the descriptor.
 */
static void continued(struct batch *batch)
{
	int fd = next_descriptor();
	char byte = 0;

	add_poll(batch);
	add_open(batch, &batch->a, IOSQE_IO_LINK);
	add_read(batch, fd, IOSQE_IO_LINK);
	add_close(batch, fd, 0);
	add_poll(batch);
	for (int i = 0; i < 3; i++)
		add_nothing(batch);
	add_open(batch, &batch->b, 0);
	ring_enter(&batch->ring, batch->requests, 0);
	if (write(batch->pipe[1], &byte, 1) != 1)
		_exit(3);
	__atomic_fetch_add(&counts()->begun, 2, __ATOMIC_SEQ_CST);
	finish(batch);
	__atomic_fetch_add(&counts()->ended, 2, __ATOMIC_SEQ_CST);
	if (read(batch->pipe[0], &byte, 1) != 1)
		_exit(3);
	tell_opens(batch, 1, 8, fd, 2);
}

static const char *receivers_open(struct batch *batch)
{
	const struct bytes *addresses[] = {&batch->a, &batch->b};

	for (int i = 0; i < 2; i++) {
		const struct sockaddr *address = (struct sockaddr *)addresses[i]->address;

		batch->receivers[i] = socket(address->sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (bind(batch->receivers[i], address, (socklen_t)addresses[i]->length))
			return "a and b are not free";
	}
	return NULL;
}

static const char *reconnect_open(struct batch *batch)
{
	const char *missing = receivers_open(batch);

	if (missing)
		return missing;
	batch->sender = socket(((const struct sockaddr *)batch->a.address)->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return batch->sender < 0 ? "no socket" : NULL;
}

/* Returns the letter of the receiver that has got a datagram. */
static char received(const struct batch *batch)
{
	char byte, letter = 'x';

	for (int i = 0; i < 2; i++)
		while (recv(batch->receivers[i], &byte, 1, 0) == 1)
			letter = (char)('a' + i);
	return letter;
}

static void reconnect(struct batch *batch)
{
	add_connect(batch, &batch->a, batch->link);
	add_send(batch, batch->link);
	add_connect(batch, &batch->b, 0);
	submit(batch, 2);
	batch->truth[batch->letters++] = received(batch);
	if (send(batch->sender, batch->read, 1, 0) != 1)
		_exit(3);
	batch->truth[batch->letters++] = received(batch);
}

/* Connects a socket twice, and closes its only descriptor: at the completions, the requests alone hold it. */
static void reconnect_and_close(struct batch *batch)
{
	char byte;

	batch->sender = socket(((const struct sockaddr *)batch->a.address)->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	add_connect(batch, &batch->a, 0);
	add_send(batch, 0);
	add_connect(batch, &batch->b, 0);
	add_send(batch, 0);
	add_close(batch, batch->sender, 0);
	submit(batch, 2);
	for (int i = 0; i < 2; i++)
		batch->truth[batch->letters++] = recv(batch->receivers[i], &byte, 1, 0) == 1 ? (char)('a' + i) : 'x';
	batch->sender = -1;
}

static const struct plan *plan_of_line(void)
{
	static const struct plan plans[] = {
		{"reopen", files_open, reopen, 2},
		{"close", files_open, open_and_close, 1},
		{"continued", continued_open, continued, 2},
		{"reconnect", reconnect_open, reconnect, 2},
		{"reconnect-close", receivers_open, reconnect_and_close, 2},
	};
	const char *how = line_text("how");

	for (size_t i = 0; how && i < sizeof(plans) / sizeof(*plans); i++)
		if (!strcmp(plans[i].how, how))
			return &plans[i];
	return NULL;
}

static void play(struct batch *batch, const struct plan *plan, long calls)
{
	const char *missing = plan->open(batch);

	batch->truth = calloc((size_t)(calls * plan->watched) + 1, 1);
	if (missing || !batch->truth) {
		fail("unsupported: %s", missing ? missing : "memory");
	} else {
		for (long i = 0; i < calls; i++) {
			batch->requests = 0;
			plan->round(batch);
		}
		reply_begin();
		reply("tid=%d won=%ld truth=%s", batch->polled ? 0 : own_tid(), calls, batch->truth);
		reply_end();
	}
	free(batch->truth);
}

static void batch_close(struct batch *batch)
{
	const int own[] = {batch->pipe[0], batch->pipe[1], batch->receivers[0], batch->receivers[1], batch->sender};

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (own[i] > 0)
			close(own[i]);
}

void command_uring_batch(void)
{
	const struct plan *plan = plan_of_line();
	struct batch batch = {.link = line_number("linked", 0) ? IOSQE_IO_LINK : 0, .polled = line_number("polled", 0)};

	if (!plan) {
		fail("uring-batch needs how=reopen, close, continued, reconnect or reconnect-close");
		return;
	}
	if (bytes_take(&batch.a, "a") && bytes_take(&batch.b, "b")) {
		if (ring_open(&batch.ring, batch.polled)) {
			play(&batch, plan, (long)line_number("calls", 1));
			ring_close(&batch.ring);
		} else {
			fail("unsupported: no io_uring: %s", strerror(errno));
		}
		batch_close(&batch);
	}
	free(batch.a.address);
	free(batch.b.address);
}
