/* SPDX-License-Identifier: Apache-2.0 */
/* Opens in an io_uring that the kernel carries out in another mount namespace than the one they were submitted in. */
#include "actor.h"
#include "ring.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/time_types.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* The timeout is long enough for the child to change its namespace. */
#define WAIT_NANOS 30000000
#define MOST_ROUNDS 512
#define OPEN 7
/* A number that is free again comes within this many new namespaces. */
#define MOST_MOVES 256

/* The requests that are made until the old worker runs the one behind its own, and waiters that hold it up. */
#define MOST_TRIES 300
#define WAITERS 400
#define FIRST 1

/* The ways to make the request run elsewhere. */
enum how { BY_TIMEOUT, BY_WORKER, BY_NUMBER, BY_DRAIN, BEHIND_WORKER, BY_LINK };

/* The state of a round, in memory that both processes share. */
struct late {
	char *a, *b;
	/* Leads to a in the new namespace alone: through b, over which the actor's directory of /proc lies there. */
	char linked[PATH_MAX];
	enum how how;
	/* Tells whether the request connects, to the address of a, or opens. Sockets are bound to both. */
	bool connects;
	/* Tells whether another process has the address be one of IPv4 every other moment. */
	bool flips;
	long flags;
	struct sockaddr_un address;
	char truth;
	/* The inode numbers of the mount namespaces of the lookup and of the submission. */
	unsigned long long resolved, submitted;
};

static unsigned long long own_namespace(void)
{
	struct stat status;

	return stat("/proc/self/ns/mnt", &status) ? 0 : status.st_ino;
}

/* Moves this process to a mount namespace of its own, where b is bound over a, or /proc/PID of the actor over b. */
static bool move_away(const struct late *late)
{
	char former[64];

	snprintf(former, sizeof(former), "/proc/%d", getppid());
	return !unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !(late->how == BY_LINK ? mount(former, late->b, NULL, MS_BIND, NULL) :
					mount(late->b, late->a, NULL, MS_BIND, NULL));
}

/* Has a process flip the family of the address, until this one ends. */
static void start_flipping(struct late *late)
{
	if (fork_child())
		return;
	for (;;)
		__atomic_store_n(&late->address.sun_family,
				 late->address.sun_family == AF_UNIX ? AF_INET : AF_UNIX, __ATOMIC_RELAXED);
}

/* Makes new namespaces until one has the number of a namespace that is gone. */
static bool move_to_number(const struct late *late, unsigned long long number)
{
	for (int i = 0; i < MOST_MOVES; i++) {
		if (unshare(CLONE_NEWNS))
			return false;
		if (own_namespace() == number)
			break;
	}
	return !mount(late->b, late->a, NULL, MS_BIND, NULL);
}

static void add_watched(struct ring *ring, const struct late *late, int fd)
{
	struct io_uring_sqe *request = ring_next(ring);

	if (late->connects) {
		request->opcode = IORING_OP_CONNECT;
		request->fd = fd;
		request->addr = (uintptr_t)&late->address;
		request->addr2 = sizeof(late->address);
	} else {
		request->opcode = IORING_OP_OPENAT;
		request->fd = AT_FDCWD;
		request->addr = (uintptr_t)(late->how == BY_LINK ? late->linked : late->a);
		request->open_flags = (unsigned)late->flags;
	}
	request->flags = late->how == BY_WORKER ? IOSQE_ASYNC : late->how == BY_DRAIN ? IOSQE_IO_LINK : 0;
	request->user_data = OPEN;
	ring_push(ring);
}

static void add_poll(struct ring *ring, int pipe, unsigned char flags)
{
	struct io_uring_sqe *request = ring_next(ring);

	request->opcode = IORING_OP_POLL_ADD;
	request->fd = pipe;
	request->poll32_events = POLLIN;
	request->flags = flags;
	ring_push(ring);
}

/* Ends the chain of the watched request, and has all of it wait for the requests before. */
static void add_drain(struct ring *ring)
{
	struct io_uring_sqe *request = ring_next(ring);

	request->opcode = IORING_OP_NOP;
	request->flags = IOSQE_IO_DRAIN;
	ring_push(ring);
}

static void add_timeout(struct ring *ring, const struct __kernel_timespec *time)
{
	struct io_uring_sqe *request = ring_next(ring);

	request->opcode = IORING_OP_TIMEOUT;
	request->fd = -1;
	request->addr = (uintptr_t)time;
	request->len = 1;
	/*
	 * An expired timeout counts as a failure, and the kernel would cancel a request behind it in a chain of
	 * IO_LINK.
	 */
	request->flags = IOSQE_IO_HARDLINK;
	ring_push(ring);
}

/*
 * Makes the kernel start an io_uring worker, which stays for a while, by a request that does
 * nothing. Requests on sockets have workers of their own; a send fails there, as the socket has no
 * peer.
 */
static void start_worker(struct ring *ring, int socket)
{
	struct io_uring_sqe *request = ring_next(ring);

	request->opcode = socket < 0 ? IORING_OP_NOP : IORING_OP_SEND;
	request->fd = socket;
	request->flags = IOSQE_ASYNC;
	ring_push(ring);
	ring_enter(ring, 1, 1);
	__atomic_store_n(ring->completed_head, *ring->completed_head + 1, __ATOMIC_RELEASE);
}

static long await_open(struct ring *ring)
{
	for (;;) {
		struct completion completion = ring_await(ring);

		if (completion.user_data == OPEN)
			return completion.result;
	}
}

static bool is_file(const struct stat *file, long fd)
{
	struct stat status;

	return fd >= 0 && !fstat((int)fd, &status) && status.st_ino == file->st_ino && status.st_dev == file->st_dev;
}

/* The opened file tells, or the failure that only a fifo without a reader brings. */
static char letter_of_open(const struct stat *a, const struct stat *b, long result)
{
	if (result == -ENXIO)
		return S_ISFIFO(a->st_mode) ? 'a' : 'b';
	return is_file(a, result) ? 'a' : is_file(b, result) ? 'b' : 'x';
}

/* The name that the peer is bound to tells. */
static char letter_of_connect(const struct late *late, int fd, long result)
{
	struct sockaddr_un peer = {0};
	socklen_t length = sizeof(peer);

	if (result || getpeername(fd, (struct sockaddr *)&peer, &length))
		return 'x';
	return !strcmp(peer.sun_path, late->a) ? 'a' : !strcmp(peer.sun_path, late->b) ? 'b' : 'x';
}

static void prepare(struct ring *ring, const struct late *late, int fd, const struct __kernel_timespec *time, int pipe)
{
	switch (late->how) {
	case BY_WORKER:
		start_worker(ring, fd);
		if (!move_away(late))
			_exit(2);
		break;
	case BY_TIMEOUT:
	case BY_LINK:
		add_timeout(ring, time);
		break;
	case BY_NUMBER:
		add_poll(ring, pipe, IOSQE_IO_LINK);
		break;
	case BY_DRAIN:
		add_poll(ring, pipe, 0);
		break;
	case BEHIND_WORKER:
		break;
	}
}

/*
 * Holds a worker up between the end of its request and its next one: it wakes all who wait for the ring's eventfd. Then
 * the submitter can drop its own hold on the request first, and the worker runs what waits behind it.
 */
static bool delay_workers(struct ring *ring)
{
	struct epoll_event any = {.events = EPOLLIN | EPOLLET};
	int signal = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	unsigned most[2] = {1, 1};

	for (int i = 0; i < WAITERS; i++) {
		int waiter = epoll_create1(EPOLL_CLOEXEC);

		if (waiter < 0 || epoll_ctl(waiter, EPOLL_CTL_ADD, signal, &any))
			return false;
	}
	return !syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_EVENTFD_ASYNC, &signal, 1) &&
	       !syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_IOWQ_MAX_WORKERS, most, 2);
}

/* Takes completions without ever sleeping until the watched request has ended, and returns its result. */
static long spin_for_open(struct ring *ring)
{
	for (;;) {
		syscall(SYS_io_uring_enter, ring->fd, 0, 0, IORING_ENTER_GETEVENTS, NULL, 0);
		while (*ring->completed_head != __atomic_load_n(ring->completed_tail, __ATOMIC_ACQUIRE)) {
			struct completion completion = ring_await(ring);

			if (completion.user_data == OPEN)
				return completion.result;
		}
	}
}

/*
 * Makes requests behind one of the old worker until it runs one of them, too. The task that reports its end is this
 * one, since task work of this ring runs here alone.
 */
static void be_behind(struct late *late)
{
	struct ring ring;
	struct stat a, b;
	long result;

	if (!ring_open_deferred(&ring) || stat(late->a, &a) || stat(late->b, &b) || !delay_workers(&ring))
		_exit(2);
	late->resolved = own_namespace();
	start_worker(&ring, -1);
	if (!move_away(late))
		_exit(2);
	late->submitted = own_namespace();
	for (int i = 0; i < MOST_TRIES; i++) {
		struct io_uring_sqe *first = ring_next(&ring);

		first->opcode = IORING_OP_NOP;
		first->flags = IOSQE_ASYNC | IOSQE_IO_LINK;
		first->user_data = FIRST;
		ring_push(&ring);
		add_watched(&ring, late, -1);
		__atomic_fetch_add(&counts()->begun, 1, __ATOMIC_SEQ_CST);
		ring_enter(&ring, 2, 0);
		result = spin_for_open(&ring);
		__atomic_fetch_add(&counts()->ended, 1, __ATOMIC_SEQ_CST);
		late->truth = letter_of_open(&a, &b, result);
		if (late->truth == 'a')
			_exit(0);
		close((int)result);
	}
	late->truth = 'x';
	late->resolved = late->submitted;
	_exit(0);
}

static void be_late(struct late *late)
{
	const struct __kernel_timespec time = {.tv_nsec = WAIT_NANOS};
	struct ring ring;
	struct stat a, b;
	int fd = -1, ends[2];

	if (!ring_open(&ring, false) || stat(late->a, &a) || stat(late->b, &b) || pipe2(ends, O_CLOEXEC))
		_exit(2);
	/* A namespace that nobody else is in is gone when its only process leaves. */
	if (late->how == BY_NUMBER && (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)))
		_exit(2);
	if (late->connects)
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (late->flips)
		start_flipping(late);
	unsigned long long before = own_namespace();
	prepare(&ring, late, fd, &time, ends[0]);
	add_watched(&ring, late, fd);
	late->submitted = own_namespace();
	__atomic_fetch_add(&counts()->begun, 1, __ATOMIC_SEQ_CST);
	if (late->how == BY_DRAIN)
		add_drain(&ring);
	ring_enter(&ring, late->how == BY_WORKER ? 1 : late->how == BY_DRAIN ? 3 : 2, 0);
	if (late->how == BY_NUMBER ? !move_to_number(late, before) : late->how != BY_WORKER && !move_away(late))
		_exit(2);
	if ((late->how == BY_NUMBER || late->how == BY_DRAIN) && write(ends[1], "", 1) != 1)
		_exit(2);
	long result = await_open(&ring);
	__atomic_fetch_add(&counts()->ended, 1, __ATOMIC_SEQ_CST);
	/* The reached file or peer shows the namespace: b lies over a, or a link leads to a, in the new one. */
	late->truth = late->connects ? letter_of_connect(late, fd, result) : letter_of_open(&a, &b, result);
	late->resolved = late->truth == (late->how == BY_LINK ? 'a' : 'b') ? own_namespace() : before;
	_exit(0);
}

/*
 * Returns whether the request ran in another namespace than it was submitted in, and has the number
 * that was asked for.
 */
static bool is_won(const struct late *late)
{
	if (late->how == BY_NUMBER)
		return late->truth == 'b' && late->resolved == late->submitted;
	return late->resolved != late->submitted;
}

static void play(struct late *late, int rounds)
{
	char truth[MOST_ROUNDS + 1] = "";
	unsigned long long resolved[MOST_ROUNDS], submitted[MOST_ROUNDS];
	pid_t tids[MOST_ROUNDS];
	long won = 0;

	for (int i = 0; i < rounds; i++) {
		tids[i] = fork_child();
		if (!tids[i] && late->how == BEHIND_WORKER)
			be_behind(late);
		if (!tids[i])
			be_late(late);
		if (tids[i] < 0 || reap(tids[i], 10)) {
			fail("unsupported: no io_uring, or no mount namespace of one's own");
			return;
		}
		truth[i] = late->truth;
		resolved[i] = late->resolved;
		submitted[i] = late->submitted;
		won += is_won(late);
	}
	reply_begin();
	reply("tid=0 won=%ld truth=%s tids=%d", won, truth, tids[0]);
	for (int i = 1; i < rounds; i++)
		reply_more(",%d", tids[i]);
	reply("resolved=%llu", resolved[0]);
	for (int i = 1; i < rounds; i++)
		reply_more(",%llu", resolved[i]);
	reply("submitted=%llu", submitted[0]);
	for (int i = 1; i < rounds; i++)
		reply_more(",%llu", submitted[i]);
	reply_end();
}

/* Binds a socket to a path, and returns it. */
static int bound_to(struct sockaddr_un *address, const char *path)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	strncpy(address->sun_path, path, sizeof(address->sun_path) - 1);
	if (bind(fd, (struct sockaddr *)address, sizeof(*address))) {
		close(fd);
		return -1;
	}
	return fd;
}

static void play_connects(struct late *late, int rounds)
{
	int b = bound_to(&late->address, late->b), a = bound_to(&late->address, late->a);

	if (a < 0 || b < 0)
		fail("a and b must be free paths of at most %zu bytes", sizeof(late->address.sun_path) - 1);
	else
		play(late, rounds);
	close(a);
	close(b);
}

static enum how how_of_line(void)
{
	const char *how = line_text("how");

	if (how && !strcmp(how, "behind"))
		return BEHIND_WORKER;
	if (how && !strcmp(how, "link"))
		return BY_LINK;
	if (how && !strcmp(how, "drain"))
		return BY_DRAIN;
	return how && !strcmp(how, "worker") ? BY_WORKER : how && !strcmp(how, "number") ? BY_NUMBER : BY_TIMEOUT;
}

void command_late_namespace(void)
{
	struct bytes a = {0}, b = {0};
	const char *name = line_text("name");
	int rounds = (int)line_number("calls", 1);
	struct late *late = mmap(NULL, sizeof(*late), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (late == MAP_FAILED || rounds < 1 || rounds > MOST_ROUNDS) {
		fail("late-namespace needs 1 to %d calls", MOST_ROUNDS);
	} else if (bytes_take(&a, "a") && bytes_take(&b, "b")) {
		late->a = (char *)a.address;
		late->b = (char *)b.address;
		late->how = how_of_line();
		late->connects = name && !strcmp(name, "connect");
		late->flags = line_number("flags", 0);
		late->flips = line_number("flips", 0);
		snprintf(late->linked, sizeof(late->linked), "%s/root%s", late->b, late->a);
		if (late->connects)
			play_connects(late, rounds);
		else
			play(late, rounds);
	}
	free(a.address);
	free(b.address);
	munmap(late, sizeof(*late));
}
