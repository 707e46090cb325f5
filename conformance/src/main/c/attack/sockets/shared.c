/* SPDX-License-Identifier: Apache-2.0 */
/* A socket that another process shares, and connects elsewhere while a connect of the main thread runs. */
#include "attack/rival.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MAP_32BIT
#define MAP_32BIT 0
#endif
/* The user of the victim in the namespace, and the user whom the namespace's root is outside: nobody else is. */
#define OTHER 1
#define ROOT_OUTSIDE 100000
#define APART_SECONDS 100

/* The state of the attack, in memory that both processes share. */
struct shared {
	unsigned char address[MAX_ADDRESS];
	unsigned char a[MAX_ADDRESS], b[MAX_ADDRESS];
	socklen_t length;
	bool stream, flips, fetches, sends;
	/* The main thread connects by socketcall(2). */
	bool by_block;
	/* The address that the other process saw the call take, or '-' while it saw none. */
	volatile char seen;
	volatile bool returned;
	pid_t owner;
	/* The socket, as the main thread's descriptor and as the other process's. */
	int fd, other;
	/* The UNIX sockets that pass the socket, and the pidfd of its owner. */
	int channel[2];
	int owner_fd;
	/* The listeners at a and b. */
	int listeners[2];
	/* The other process's connection, which fills the backlog of the listener at b. */
	int filler;
	/* Both processes are in a user namespace, whose root the other one is; it connects by socketcall(2). */
	bool apart;
};

/* Returns the other process's descriptor, which pidfd_getfd() fetches anew each time where the attack uses it. */
static int take(struct shared *shared)
{
	if (!shared->fetches)
		return shared->other;
	if (shared->owner_fd < 0)
		shared->owner_fd = (int)syscall(SYS_pidfd_open, shared->owner, 0);
	return (int)syscall(SYS_pidfd_getfd, shared->owner_fd, shared->fd, 0);
}

static void leave(const struct shared *shared, int fd)
{
	if (shared->fetches)
		close(fd);
}

static void unconnect(int fd)
{
	struct sockaddr nothing = {.sa_family = AF_UNSPEC};

	watched_connect(ABI_NATIVE, fd, &nothing, sizeof(nothing));
}

/* Fills the backlog of the listener at b, so that any other connect to it waits. */
static bool fill(struct shared *shared)
{
	shared->filler = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return !listen(shared->listeners[1], 0) &&
	       !connect(shared->filler, (struct sockaddr *)shared->b, shared->length);
}

/* Disconnects the socket before each round. */
static void prepare(struct rival *rival)
{
	struct shared *shared = rival->of;

	if (shared->channel[1] >= 0 && shared->other < 0)
		shared->other = descriptor_receive(shared->channel[1]);
	/* The other process must hold the socket only while it has fetched it. */
	if (shared->fetches && shared->owner_fd < 0)
		close(shared->fd);
	int fd = take(shared);
	if (fd < 0 || (shared->sends && shared->filler < 0 && !fill(shared)))
		rival->failed = true;
	unconnect(fd);
	leave(shared, fd);
	shared->seen = '-';
	shared->returned = false;
	memcpy(shared->address, shared->flips ? shared->a : shared->b, shared->length);
}

/* Flips the address between a and b until a moment. */
static void flip_until(struct shared *shared, long long moment)
{
	/* Byte 7 is the last byte of the IPv4 address, in which a and b differ. */
	volatile unsigned char *byte = shared->address + 7;

	while (now() < moment) {
		*byte = shared->b[7];
		if (now() >= moment)
			break;
		*byte = shared->a[7];
	}
}

/* The handshake with a takes less than this. */
#define HANDSHAKE_NANOS 50000

static unsigned char state_of(int fd)
{
	struct tcp_info info = {.tcpi_state = TCP_CLOSE};
	socklen_t length = sizeof(info);

	getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length);
	return info.tcpi_state;
}

/*
 * Returns the address that the main thread's call took: its SYN to b stays unanswered. '-' means that the call returned
 * before it took one.
 */
static char attempt_of(const struct shared *shared, int fd)
{
	while (state_of(fd) == TCP_CLOSE)
		if (shared->returned)
			return '-';
	rival_wait(now() + HANDSHAKE_NANOS);
	return state_of(fd) == TCP_SYN_SENT ? 'b' : 'a';
}

/*
 * Takes the socket in mid-call, ends its attempt, and starts another one by sendto(2) with MSG_FASTOPEN, without a
 * connect(2).
 */
static void send_elsewhere(struct rival *rival)
{
	struct shared *shared = rival->of;
	int fd = take(shared);

	shared->seen = attempt_of(shared, fd);
	rival->to = now();
	if (shared->seen == 'b') {
		/* On the main thread's processor, this process finishes before the call can return. */
		rival_beside(rival);
		shutdown(fd, SHUT_RDWR);
		sendto(fd, "", 1, MSG_FASTOPEN | MSG_NOSIGNAL, (struct sockaddr *)shared->a, shared->length);
	}
	leave(shared, fd);
	rival_apart(rival);
	if (shared->flips)
		memcpy(shared->address, shared->a, shared->length);
}

static void act(struct rival *rival, long long moment)
{
	struct shared *shared = rival->of;

	if (shared->flips)
		flip_until(shared, moment);
	else
		rival_wait(moment);
	if (shared->sends) {
		send_elsewhere(rival);
		return;
	}
	int fd = take(shared);
	if (shared->stream) {
		unconnect(fd);
		/* From here on the socket has no peer, or another one. */
		rival->to = now();
	}
	if (shared->apart)
		watched_socketcall(fd, shared->a, shared->length);
	else
		watched_connect(ABI_NATIVE, fd, shared->a, shared->length);
	leave(shared, fd);
}

/* Accepts all connections of a listener, and returns their number. */
static int accepted(int listener)
{
	int count = 0;

	for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0; count++)
		close(fd);
	return count;
}

/*
 * Returns the address that the main thread's call took. The other process connects to a alone, so b is the main
 * thread's.
 */
static char truth_of(const struct shared *shared, long result)
{
	unsigned char local[MAX_ADDRESS], peer[MAX_ADDRESS];
	socklen_t local_length = sizeof(local), peer_length = sizeof(peer);

	if (shared->sends) {
		accepted(shared->listeners[0]);
		return result || shared->seen == '-' ? 'x' : shared->seen;
	}
	if (shared->stream) {
		bool is_b = accepted(shared->listeners[1]) > 0;

		accepted(shared->listeners[0]);
		return result ? 'x' : is_b ? 'b' : 'a';
	}
	if (result || getsockname(shared->fd, (struct sockaddr *)local, &local_length) ||
	    getpeername(shared->fd, (struct sockaddr *)peer, &peer_length))
		return 'x';
	/* The address follows the family and the port. The first connect of a round chose the local address. */
	return memcmp(local + 4, shared->b + 4, 4) && memcmp(peer + 4, shared->b + 4, 4) ? 'a' : 'b';
}

/* Returns whether the other process was the last one to connect. */
static bool overtaken(const struct shared *shared)
{
	return has_peer(shared->fd, shared->a);
}

static char play_round(struct rival *rival, void *with, bool *won)
{
	struct shared *shared = with;

	rival_begin(rival);
	long result = shared->by_block ?
			      watched_socketcall(shared->fd, shared->address, shared->length) :
			      watched_connect(ABI_NATIVE, shared->fd, shared->address, shared->length);
	shared->returned = true;
	bool within = rival_end(rival) && overtaken(shared);
	char letter = truth_of(shared, result);
	*won = within && letter == 'b';
	return letter;
}

static void play(struct shared *shared, struct rival *rival, long calls)
{
	rival->prepare = prepare;
	rival_start(rival);
	/* The rival stays root of the namespace. It may fetch sockets of a process that can be dumped. */
	if (shared->apart && (setresgid(OTHER, OTHER, OTHER) || setresuid(OTHER, OTHER, OTHER) ||
			      prctl(PR_SET_DUMPABLE, 1)))
		_exit(3);
	/* Under SCHED_BATCH a thread that wakes preempts no other one. */
	if (shared->sends)
		sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){0});
	if (shared->channel[0] >= 0) {
		shared->fd = socket(AF_INET, (shared->stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
		if (!descriptor_send(shared->channel[0], shared->fd))
			_exit(3);
	}
	rival_rounds(rival, calls, play_round, shared, "unsupported: the socket cannot be shared this way");
	if (shared->sends)
		sched_setscheduler(0, SCHED_OTHER, &(struct sched_param){0});
}

/* Writes the map of a child's users or groups. Outside, OTHER is the user that this process is. */
static bool map_ids(pid_t child, const char *what, unsigned own)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", child, what);
	int fd = (int)watched_openat(ABI_NATIVE, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);
	bool done = fd >= 0 && dprintf(fd, "0 %d 1\n%d %u 1\n", ROOT_OUTSIDE, OTHER, own) > 0;
	close(fd);
	return done;
}

/*
 * Plays in a child, in a user namespace of its own. The child replies; without a reply of its own, this process says
 * what is missing.
 */
static void play_apart(struct shared *shared, struct rival *rival, long calls)
{
	int ready[2], mapped[2];
	char byte = 0;

	if (pipe2(ready, O_CLOEXEC) || pipe2(mapped, O_CLOEXEC))
		_exit(3);
	pid_t child = fork_child();
	if (!child) {
		if (unshare(CLONE_NEWUSER) || write(ready[1], &byte, 1) != 1 || read(mapped[0], &byte, 1) != 1)
			_exit(3);
		if (setresgid(0, 0, 0) || setresuid(0, 0, 0) || prctl(PR_SET_DUMPABLE, 1))
			_exit(3);
		shared->owner = getpid();
		play(shared, rival, calls);
		_exit(0);
	}
	/* Only the child holds the socket, until the other process fetches it. */
	close(shared->fd);
	close(ready[1]);
	bool made = read(ready[0], &byte, 1) == 1 && map_ids(child, "uid_map", getuid()) &&
		    map_ids(child, "gid_map", getgid());
	if (made && write(mapped[1], &byte, 1) != 1)
		_exit(3);
	close(mapped[1]);
	if (reap(child, APART_SECONDS))
		fail("unsupported: no user namespace");
	shared->fd = -1;
	close(ready[0]);
	close(mapped[0]);
}

/* Makes the sockets. Returns what is missing, or NULL. */
static const char *shared_open(struct shared *shared, const char *how)
{
	shared->stream = line_number("type", SOCK_DGRAM) == SOCK_STREAM;
	shared->flips = line_number("flip", 0);
	shared->by_block = line_text("via") && !strcmp(line_text("via"), "socketcall");
	shared->sends = !strcmp(how, "fastopen");
	shared->apart = !strcmp(how, "userns");
	shared->fetches = shared->sends || shared->apart || !strcmp(how, "pidfd_getfd");
	shared->owner = getpid();
	shared->owner_fd = shared->other = shared->channel[0] = shared->channel[1] = -1;
	shared->listeners[0] = shared->listeners[1] = shared->filler = -1;
	if (shared->stream && (!listen_at(&shared->listeners[0], shared->a, shared->length) ||
			       !listen_at(&shared->listeners[1], shared->b, shared->length)))
		return "a and b are not free";
	if (!strcmp(how, "scm"))
		return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, shared->channel) ? "no socketpair" : NULL;
	shared->fd = socket(AF_INET, (shared->stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
	if (!strcmp(how, "fork"))
		shared->other = shared->fd;
	if ((shared->apart || shared->by_block) && !abi_works(ABI_IA32))
		return "this kernel takes no ia32 calls";
	return shared->fd < 0 ? "no socket" : NULL;
}

static void shared_close(const struct shared *shared)
{
	const int own[] = {shared->fd,		shared->channel[0],   shared->channel[1],
			   shared->listeners[0], shared->listeners[1]};

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (own[i] >= 0)
			close(own[i]);
}

void command_shared_socket(void)
{
	struct bytes a = {0}, b = {0};
	const char *how = line_text("how");
	/* socketcall(2) takes addresses below 2 GiB. */
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (!how || shared == MAP_FAILED) {
		fail("shared-socket needs how=fork, scm, pidfd_getfd, userns or fastopen");
	} else if (bytes_take(&a, "a") && bytes_take(&b, "b")) {
		shared->length = (socklen_t)(a.length < MAX_ADDRESS ? a.length : MAX_ADDRESS);
		memcpy(shared->a, a.address, shared->length);
		memcpy(shared->b, b.address, shared->length < b.length ? shared->length : b.length);
		const char *missing = shared_open(shared, how);
		struct rival *rival = rival_new(act, shared, true);
		if (missing)
			fail("unsupported: %s", missing);
		else if (shared->apart)
			play_apart(shared, rival, (long)line_number("calls", 1000));
		else
			play(shared, rival, (long)line_number("calls", 1000));
		rival_free(rival);
		shared_close(shared);
	}
	free(a.address);
	free(b.address);
	munmap(shared, sizeof(*shared));
}
