/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One batch of requests on an io_uring connects a socket, lends it to a process of another user, and closes it. The
 * other process registers it with a ring of its own and connects it elsewhere, all before the batch has ended. At the
 * end of the first request the socket has as many holders as at its beginning.
 */
#include "actor.h"
#include "ring.h"
#include "rival.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Some user whom nothing else is. */
#define OTHER 65533
/*
 * A UNIX socket takes so much at once, which keeps the batch busy for some 100 µs: the kernel copies it before it goes
 * on with the next request.
 */
#define BUFFER (1 << 20)
#define SENDS 4
#define END_SECONDS 5
/* The user_data of connects. */
#define CONNECT 1

struct lent {
	struct bytes a, b;
	/* A UNIX socket over which the process gets each round's socket, and tells when it has connected it. */
	int channel[2];
	bool told;
	/* The result of the last connect. */
	long result;
	/* A UNIX socket that takes the bytes of each batch. */
	int sink[2];
	char *buffer;
	char *truth;
	/* Tells each process its processor. */
	struct rival *rival;
	/* The last round in which the other process has connected the socket, in memory that both share. */
	volatile long *connected;
	pid_t child;
};

static bool hold(const struct ring *ring, int fd)
{
	struct io_uring_rsrc_update update = {.data = (uintptr_t)&fd};

	return syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_FILES_UPDATE, &update, 1) == 1;
}

static struct io_uring_sqe *add(struct ring *ring, int opcode, int fd)
{
	struct io_uring_sqe *request = ring_next(ring);

	request->opcode = (unsigned char)opcode;
	request->fd = fd;
	return request;
}

static void add_sends(struct ring *ring, const struct lent *lent)
{
	for (int i = 0; i < SENDS; i++) {
		struct io_uring_sqe *request = add(ring, IORING_OP_SEND, lent->sink[0]);

		request->addr = (uintptr_t)lent->buffer;
		request->len = BUFFER;
		request->msg_flags = MSG_DONTWAIT;
		ring_push(ring);
	}
}

static void add_connect(struct ring *ring, int fd, unsigned flags, const struct bytes *address)
{
	struct io_uring_sqe *request = add(ring, IORING_OP_CONNECT, fd);

	request->flags = (unsigned char)flags;
	request->addr = (uintptr_t)address->address;
	request->addr2 = address->length;
	request->user_data = CONNECT;
	ring_push(ring);
}

/* Submits the requests, waits for all, keeps the result of the connect, and takes what the sink has got. */
static void run_batch(struct ring *ring, struct lent *lent, unsigned requests)
{
	char byte;

	__atomic_fetch_add(&counts()->begun, 1, __ATOMIC_SEQ_CST);
	ring_enter(ring, requests, 0);
	lent->told = recv(lent->channel[0], &byte, 1, MSG_DONTWAIT) == 1;
	while (__atomic_load_n(ring->completed_tail, __ATOMIC_ACQUIRE) - *ring->completed_head < requests)
		ring_enter(ring, 0, requests);
	for (unsigned i = 0; i < requests; i++) {
		const struct io_uring_cqe *completion =
			&ring->completions[(*ring->completed_head + i) & *ring->completed_mask];

		if (completion->user_data == CONNECT)
			lent->result = completion->res;
	}
	__atomic_store_n(ring->completed_head, *ring->completed_head + requests, __ATOMIC_RELEASE);
	__atomic_fetch_add(&counts()->ended, 1, __ATOMIC_SEQ_CST);
	while (recv(lent->sink[1], lent->buffer, BUFFER, MSG_DONTWAIT) > 0)
		;
}

/* Connects the registered socket and tells so, in a batch that lasts longer than that of its owner. */
static void connect_held(struct ring *ring, struct lent *lent)
{
	struct io_uring_sqe *request;

	add_connect(ring, 0, IOSQE_FIXED_FILE, &lent->b);
	request = add(ring, IORING_OP_SEND, lent->channel[1]);
	request->addr = (uintptr_t)lent->buffer;
	request->len = 1;
	ring_push(ring);
	add_sends(ring, lent);
	add_sends(ring, lent);
	add_sends(ring, lent);
	run_batch(ring, lent, 2 + 3 * SENDS);
}

static bool sink_open(struct lent *lent)
{
	const int room = 8 * SENDS * BUFFER;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, lent->sink))
		return false;
	setsockopt(lent->sink[0], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
	return true;
}

/* Waits for a socket without sleep, since the batch is over before a thread would wake. Returns -1 at the end. */
static int await_socket(int channel)
{
	int fd;

	do {
		errno = 0;
		fd = descriptor_receive(channel);
	} while (fd < 0 && errno == EAGAIN && !sched_yield());
	return fd;
}

/* The other process: it connects each socket that it gets to b. */
static void borrow(struct lent *lent)
{
	struct ring ring;
	int nothing = -1;
	char byte = 0;

	close(lent->channel[0]);
	lent->channel[0] = -1;
	rival_apart(lent->rival);
	fcntl(lent->channel[1], F_SETFL, O_NONBLOCK);
	if (!sink_open(lent) || setresgid(OTHER, OTHER, OTHER) || setresuid(OTHER, OTHER, OTHER) || !ring_open(&ring, false) ||
	    syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, &nothing, 1) ||
	    write(lent->channel[1], &byte, 1) != 1)
		_exit(3);
	for (long round = 1;; round++) {
		int fd = await_socket(lent->channel[1]);

		if (fd < 0 || !hold(&ring, fd))
			_exit(fd < 0 ? 0 : 3);
		close(fd);
		connect_held(&ring, lent);
		*lent->connected = round;
		hold(&ring, -1);
	}
}

static void play_round(struct lent *lent, struct ring *ring)
{
	int fd = socket(((const struct sockaddr *)lent->a.address)->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct descriptor_message message;
	struct io_uring_sqe *request;

	add_connect(ring, fd, 0, &lent->a);
	request = add(ring, IORING_OP_SENDMSG, lent->channel[0]);
	request->addr = (uintptr_t)descriptor_message(&message, fd);
	request->len = 1;
	ring_push(ring);
	add_sends(ring, lent);
	add(ring, IORING_OP_CLOSE, fd);
	ring_push(ring);
	add_sends(ring, lent);
	run_batch(ring, lent, 3 + 2 * SENDS);
}

static void play(struct lent *lent, struct ring *ring, long calls)
{
	long won = 0, done = 0;
	char byte;

	rival_beside(lent->rival);
	for (long i = 0; i < calls; i++) {
		long long patience = now() + END_SECONDS * 1000000000LL;

		play_round(lent, ring);
		while (*lent->connected != i + 1 && now() < patience)
			sched_yield();
		if (*lent->connected != i + 1)
			break;
		won += lent->told;
		if (!lent->told && recv(lent->channel[0], &byte, 1, 0) != 1)
			break;
		lent->truth[done++] = lent->result ? 'x' : 'a';
	}
	if (done < calls) {
		fail("unsupported: the other process cannot connect a registered socket");
		return;
	}
	reply_begin();
	reply("tid=%d won=%ld truth=%s", own_tid(), won, lent->truth);
	reply_end();
}

/* Returns what is missing, or NULL. */
static const char *lent_open(struct lent *lent)
{
	char byte;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, lent->channel) || !sink_open(lent))
		return "no socketpair";
	lent->child = fork_child();
	if (!lent->child)
		borrow(lent);
	close(lent->channel[1]);
	return read(lent->channel[0], &byte, 1) == 1 ? NULL : "no other user with an io_uring";
}

static void lent_close(const struct lent *lent)
{
	const int own[] = {lent->channel[0], lent->sink[0], lent->sink[1]};

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (own[i] > 0)
			close(own[i]);
	if (lent->child > 0)
		reap(lent->child, END_SECONDS);
}

void command_uring_lent(void)
{
	struct lent lent = {0};
	struct ring ring;
	long calls = (long)line_number("calls", 1);

	lent.connected = mmap(NULL, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	lent.buffer = mmap(NULL, BUFFER, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	lent.rival = rival_new(NULL, NULL, true);
	lent.truth = calloc((size_t)calls + 1, 1);
	if (lent.connected == MAP_FAILED || lent.buffer == MAP_FAILED || !lent.truth)
		_exit(3);
	if (bytes_take(&lent.a, "a") && bytes_take(&lent.b, "b")) {
		const char *missing = lent_open(&lent);

		if (!missing && !ring_open(&ring, false))
			missing = "no io_uring";
		if (missing) {
			fail("unsupported: %s", missing);
		} else {
			play(&lent, &ring, calls);
			ring_close(&ring);
		}
		lent_close(&lent);
	}
	sched_setaffinity(0, sizeof(lent.rival->allowed), &lent.rival->allowed);
	rival_free(lent.rival);
	munmap((void *)lent.connected, sizeof(long));
	munmap(lent.buffer, BUFFER);
	free(lent.truth);
	free(lent.a.address);
	free(lent.b.address);
}
