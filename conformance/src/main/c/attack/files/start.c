/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls without a file whose path starts in another mount namespace than their caller's. A child keeps the root of its
 * first namespace and moves to one of its own, where the directory p is hidden by an empty one. There the path leads
 * nowhere (ENOENT). In the first namespace it leads to a fifo without a reader (ENXIO), or to a socket that is bound.
 */
#include "attack/rival.h"
#include "ring.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_FS
#define CLONE_FS 0x200
#endif
#ifndef CLONE_FILES
#define CLONE_FILES 0x400
#endif
#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE 2
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef MAP_32BIT
#define MAP_32BIT 0
#endif
#define RESOLVE_IN_ROOT 0x10
/* Opens the fifo without a reader, which fails. */
#define FAILING (O_WRONLY | O_NONBLOCK)
#define MOST_CALLS 16000
/* On a slow machine the child ends after this time with fewer calls. */
#define LONGEST_NANOS 4000000000LL
/* A rival exchanges a socket and leaves its table within about this time. */
#define LEAVING_NANOS 3000

/* Requests that take long, so that a batch lasts until a sibling has acted, and their bytes. */
#define LONG_REQUESTS 6
#define LONG_BYTES (4 << 20)

enum how { IN_ROOT, BY_BATCH, BY_FLIP, BY_RETURN, BY_UNSHARE, BY_EXCHANGE, BY_BLOCK, BY_LEAVE };

/* The arguments of socketcall(2), in memory that the rival shares and 32-bit calls can address. */
struct low {
	volatile uint32_t block[3];
	struct sockaddr_un address;
};

/* The state of the command, in memory that all its processes share. */
struct start {
	enum how how;
	const char *ring; /* the kind of a ring; NULL where no request is made */
	bool connects, replaces, relative;
	long calls;
	char path[PATH_MAX], p[PATH_MAX], q[PATH_MAX];
	struct sockaddr_un address;
	/* The roots of both namespaces, and p in the first one. */
	int elsewhere, own, directory;
	unsigned long long number_elsewhere, number_own;
	struct ring requests;
	/* BY_EXCHANGE, BY_BLOCK and BY_LEAVE have the socket of the call, and one of IPv4. */
	int socket, other;
	/* BY_LEAVE has a UNIX socket that takes the descriptor. */
	int successor;
	struct low *low;
	/* BY_UNSHARE has eventfds that start batch and sibling, a file of long requests, and a sibling that acts. */
	int batch, signal, file;
	char *room;
	bool acted;
	long won;
	char truth[MOST_CALLS + 1];
};

static unsigned long long own_number(void)
{
	struct stat status;

	return stat("/proc/self/ns/mnt", &status) ? 0 : status.st_ino;
}

/* Without OPEN_TREE_CLONE, open_tree(2) only gives a descriptor of the directory, and is no watched call. */
static int directory_at(const char *path)
{
	return (int)syscall(SYS_open_tree, AT_FDCWD, path, O_CLOEXEC);
}

static bool move_away(struct start *start)
{
	start->number_elsewhere = own_number();
	start->elsewhere = directory_at("/");
	start->directory = directory_at(start->p);
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount(start->q, start->p, NULL, MS_BIND, NULL))
		return false;
	start->number_own = own_number();
	start->own = directory_at("/");
	return start->elsewhere >= 0 && start->directory >= 0 && start->own >= 0;
}

static char letter_of(long result)
{
	return result == -ENXIO || !result ? 'e' : result == -ENOENT ? 'o' : 'x';
}

static bool go_to(int root)
{
	return !fchdir(root) && !chroot(".");
}

static void flip_root(struct rival *rival, long long moment)
{
	struct start *start = rival->of;

	/* The kernel takes the root early in the call. */
	rival_wait(moment - rival_chance(rival, rival->span));
	rival->failed = !go_to(start->elsewhere) || !go_to(start->own) || rival->failed;
}

/* Moves the working directory, and the root unless the path is relative. */
static void move_to(struct rival *rival, int root)
{
	const struct start *start = rival->of;
	bool moved = start->relative ? !fchdir(root) : go_to(root);

	rival->failed = !moved || rival->failed;
}

static void stay(struct rival *rival)
{
	move_to(rival, ((const struct start *)rival->of)->own);
}

static void leave(struct rival *rival)
{
	move_to(rival, ((const struct start *)rival->of)->elsewhere);
}

/* Most moments are between the kernel's look at the start and the last look of whoever captures the call. */
static void come_back(struct rival *rival, long long moment)
{
	rival_wait(moment);
	stay(rival);
}

/* Has the descriptor of the call lead to a socket of IPv4. */
static void exchange(struct rival *rival, long long moment)
{
	struct start *start = rival->of;

	rival_wait(moment);
	rival->failed = dup2(start->other, start->socket) < 0 || rival->failed;
}

/*
 * Has the descriptor of the call lead to a UNIX socket, which no other one leads to, and leaves the table, at once: the
 * call waits a while instead.
 */
static void exchange_and_leave(struct rival *rival, long long moment)
{
	struct start *start = rival->of;

	(void)moment;
	rival->failed = dup2(start->successor, start->socket) < 0 || close(start->successor) ||
			syscall(SYS_close_range, start->elsewhere, ~0U, CLOSE_RANGE_UNSHARE) || rival->failed;
}

/* Has the block name the socket that reaches the path. */
static void redirect(struct rival *rival, long long moment)
{
	struct start *start = rival->of;

	rival_wait(moment);
	start->low->block[0] = (uint32_t)start->socket;
}

/* The path that the calls pass. */
static const char *passed(const struct start *start)
{
	return start->how == BY_BATCH ? "x" : start->path + start->relative;
}

static void add(struct start *start, unsigned char opcode, int fd, uintptr_t address, long more)
{
	struct io_uring_sqe *request = ring_next(&start->requests);

	request->opcode = opcode;
	request->fd = fd;
	request->addr = address;
	if (opcode == IORING_OP_CONNECT)
		request->addr2 = (unsigned long)more;
	else
		request->open_flags = (unsigned)more;
	request->user_data = opcode == IORING_OP_CLOSE || more == O_PATH;
	ring_push(&start->requests);
}

/* Waits for requests, and returns the result of the one that is watched. */
static long await_requests(struct start *start, unsigned count)
{
	struct ring *ring = &start->requests;
	long result = -ECANCELED;

	for (unsigned ended = 0; ended < count; ended++) {
		struct completion completion = ring_await(ring);

		if (!completion.user_data)
			result = completion.result;
	}
	return result;
}

static long submit(struct start *start, unsigned count)
{
	ring_enter(&start->requests, start->requests.polled ? 0 : count, count);
	return await_requests(start, count);
}

/* An open below a directory elsewhere, whose descriptor the same batch closes, and gets for another directory. */
static long by_batch(struct start *start)
{
	int fd = fcntl(start->directory, F_DUPFD_CLOEXEC, 0);
	unsigned count = start->replaces ? 3 : 2;

	__atomic_fetch_add(&counts()->begun, count - 1, __ATOMIC_SEQ_CST);
	add(start, IORING_OP_OPENAT, fd, (uintptr_t) "x", FAILING);
	add(start, IORING_OP_CLOSE, fd, 0, 0);
	if (start->replaces)
		add(start, IORING_OP_OPENAT, AT_FDCWD, (uintptr_t)start->q, O_PATH);
	long result = submit(start, count);

	__atomic_fetch_add(&counts()->ended, count - 1, __ATOMIC_SEQ_CST);
	if (start->replaces)
		close(fd);
	return result;
}

static long by_request(struct start *start, int socket)
{
	__atomic_fetch_add(&counts()->begun, 1, __ATOMIC_SEQ_CST);
	if (start->connects)
		add(start, IORING_OP_CONNECT, socket, (uintptr_t)&start->address, sizeof(start->address));
	else
		add(start, IORING_OP_OPENAT, AT_FDCWD, (uintptr_t)start->path, FAILING);
	long result = submit(start, 1);

	__atomic_fetch_add(&counts()->ended, 1, __ATOMIC_SEQ_CST);
	return result;
}

/* Fills in the arguments of a connect through socketcall(2), at first of the socket of IPv4. */
static void fill_block(struct start *start)
{
	struct low *low = start->low;

	low->address = start->address;
	low->block[0] = (uint32_t)start->other;
	low->block[1] = (uint32_t)(uintptr_t)&low->address;
	low->block[2] = sizeof(low->address);
}

static long by_call(struct start *start, int socket)
{
	const uint64_t how[] = {FAILING, 0, RESOLVE_IN_ROOT};

	if (start->connects)
		return watched_connect(ABI_NATIVE, socket, &start->address, sizeof(start->address));
	if (start->how == IN_ROOT)
		return watched_openat2(ABI_NATIVE, start->elsewhere, start->path, how, sizeof(how));
	return watched_openat(ABI_NATIVE, AT_FDCWD, passed(start), FAILING, 0);
}

static pid_t fork_sharing(void)
{
	return (pid_t)syscall(SYS_clone, CLONE_FS | SIGCHLD, NULL, NULL, NULL, 0);
}

/* Forks a sibling that shares root and working directory until it is ended. */
static pid_t fork_sharer(void)
{
	pid_t sibling = fork_sharing();

	if (!sibling)
		for (;;)
			pause();
	return sibling;
}

static void end_sibling(pid_t sibling)
{
	/* kill(2) takes -1 for every process. */
	if (sibling <= 0)
		return;
	kill(sibling, SIGKILL);
	waitpid(sibling, NULL, 0);
}

/* Takes root and working directory of its own, whose count of changes begins anew. */
static bool take_own_base(void)
{
	pid_t sibling = fork_sharer();
	bool taken = sibling > 0 && !unshare(CLONE_FS);

	end_sibling(sibling);
	return taken;
}

/* Has the next request run once the batch is started. Of such requests, the kernel runs the last first. */
static void add_wait(struct start *start)
{
	struct io_uring_sqe *request = ring_next(&start->requests);

	request->opcode = IORING_OP_POLL_ADD;
	request->fd = start->batch;
	request->poll32_events = POLLIN;
	request->flags = IOSQE_IO_HARDLINK;
	request->user_data = 1;
	ring_push(&start->requests);
}

/* Adds a read or a write. */
static void add_transfer(struct start *start, unsigned char opcode, int fd, const void *memory, unsigned bytes,
			 uint64_t at)
{
	struct io_uring_sqe *request = ring_next(&start->requests);

	request->opcode = opcode;
	request->fd = fd;
	request->addr = (uintptr_t)memory;
	request->len = bytes;
	request->off = at;
	request->user_data = 1;
	ring_push(&start->requests);
}

static void add_unshared_batch(struct start *start)
{
	static const uint64_t one = 1;

	for (int i = 0; i < LONG_REQUESTS; i++) {
		add_wait(start);
		add_transfer(start, IORING_OP_READ, start->file, start->room, LONG_BYTES, 0);
	}
	add_wait(start);
	add_transfer(start, IORING_OP_WRITE, start->signal, &one, sizeof(one), (uint64_t)-1);
	add_wait(start);
	add(start, IORING_OP_OPENAT, AT_FDCWD, (uintptr_t)passed(start), FAILING);
}

/*
 * An open waits while its submitter, which shares its working directory, takes one of its own, and moves it elsewhere.
 * Behind the open, a sibling moves it back. Both times the working directory has changed twice since it was made.
 */
static long by_unshare(struct start *start)
{
	uint64_t value = 1;

	start->acted = false;
	if (!take_own_base() || fchdir(start->own) || fchdir(start->own))
		return -ECANCELED;
	pid_t sharer = fork_sharer();

	__atomic_fetch_add(&counts()->begun, 1, __ATOMIC_SEQ_CST);
	add_unshared_batch(start);
	ring_enter(&start->requests, 2 * (LONG_REQUESTS + 2), 0);
	bool unshared = !unshare(CLONE_FS);
	pid_t sibling = fork_sharing();

	if (!sibling) {
		while (read(start->signal, &value, sizeof(value)) != sizeof(value))
			;
		__atomic_store_n(&start->acted, !fchdir(start->own), __ATOMIC_SEQ_CST);
		for (;;)
			pause();
	}
	long result = -ECANCELED;

	if (sharer > 0 && sibling > 0 && unshared && !fchdir(start->elsewhere) &&
	    write(start->batch, &value, sizeof(value)) == sizeof(value))
		result = await_requests(start, 2 * (LONG_REQUESTS + 2));
	start->acted = __atomic_load_n(&start->acted, __ATOMIC_SEQ_CST);
	__atomic_fetch_add(&counts()->ended, 1, __ATOMIC_SEQ_CST);
	end_sibling(sibling);
	end_sibling(sharer);
	return read(start->batch, &value, sizeof(value)) == sizeof(value) ? result : -ECANCELED;
}

static bool prepare_unshare(struct start *start)
{
	start->batch = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	start->signal = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	start->file = memfd_create("long", MFD_CLOEXEC);
	start->room = mmap(NULL, LONG_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	return start->batch >= 0 && start->signal >= 0 && start->room != MAP_FAILED &&
	       !ftruncate(start->file, LONG_BYTES);
}

static char play_round(struct start *start, struct rival *rival)
{
	int fd = start->connects ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;
	bool in_time = true;

	if (start->how == BY_LEAVE) {
		start->successor = fd;
		fd = fcntl(start->other, F_DUPFD_CLOEXEC, 0);
		rival_start(rival);
	}
	start->socket = fd;
	if (start->how == BY_BLOCK)
		fill_block(start);
	if (rival)
		rival_begin(rival);
	if (start->how == BY_LEAVE)
		rival_wait(now() + rival_chance(rival, LEAVING_NANOS));
	long result = start->how == BY_BATCH   ? by_batch(start) :
		      start->how == BY_UNSHARE ? by_unshare(start) :
		      start->how == BY_BLOCK   ? watched_socketcall_block((const void *)start->low->block) :
		      start->ring	       ? by_request(start, fd) :
						 by_call(start, fd);
	if (rival)
		in_time = rival_end(rival);
	else if (start->how == BY_UNSHARE)
		in_time = start->acted;
	if (start->how == BY_LEAVE && !rival_stop(rival))
		_exit(2);
	if (fd >= 0)
		close(fd);
	char letter = letter_of(result);

	start->won += in_time && letter == 'e';
	return letter;
}

static bool make_ring(struct start *start)
{
	if (!start->ring)
		return true;
	return !strcmp(start->ring, "deferred") ? ring_open_deferred(&start->requests) :
						  ring_open(&start->requests, !strcmp(start->ring, "polled"));
}

static void play(struct start *start)
{
	struct rival *rival = NULL;
	long long until = now() + LONGEST_NANOS;

	if (!move_away(start) || !make_ring(start) || (start->how == BY_UNSHARE && !prepare_unshare(start)))
		_exit(2);
	if (start->how == BY_EXCHANGE || start->how == BY_BLOCK || start->how == BY_LEAVE) {
		start->other = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (start->other < 0 || !go_to(start->elsewhere))
			_exit(2);
		rival = rival_new(start->how == BY_BLOCK ? redirect :
				  start->how == BY_LEAVE ? exchange_and_leave :
							   exchange,
				  start, true);
		rival->shared = start->how == BY_BLOCK ? 0 : CLONE_FILES;
	} else if (start->how == BY_FLIP || start->how == BY_RETURN) {
		bool returns = start->how == BY_RETURN;

		rival = rival_new(returns ? come_back : flip_root, start, true);
		rival->prepare = returns ? leave : stay;
		rival->shared = CLONE_FS;
	}
	if (rival && start->how != BY_LEAVE)
		rival_start(rival);
	for (long i = 0; i < start->calls && now() < until; i++)
		start->truth[i] = play_round(start, rival);
	_exit(rival && start->how != BY_LEAVE && !rival_stop(rival) ? 2 : 0);
}

static bool name_places(struct start *start, const char *base)
{
	/* A path that is long to walk leaves the time to flip the root back before the call returns. */
	char detour[2 * 1200 + 1] = "";
	size_t room = sizeof(start->path);

	if (start->how == BY_FLIP && !start->connects)
		for (size_t i = 0; i + 2 < sizeof(detour); i += 2)
			memcpy(detour + i, "./", 3);
	if (snprintf(start->p, sizeof(start->p), "%s/p", base) >= PATH_MAX ||
	    snprintf(start->q, sizeof(start->q), "%s/q", base) >= PATH_MAX ||
	    (size_t)snprintf(start->path, room, "/%s%s/x", detour, start->p + 1) >= room)
		return false;
	start->address = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (start->connects) {
		if (strlen(start->path) >= sizeof(start->address.sun_path))
			return false;
		memcpy(start->address.sun_path, start->path, strlen(start->path));
	}
	return !mkdir(start->p, 0755) && !mkdir(start->q, 0755);
}

/* Makes what the path leads to elsewhere. Returns the bound socket, 0 for a fifo, or -1. */
static int make_aim(const struct start *start)
{
	if (!start->connects)
		return mkfifo(start->path, 0644);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && bind(fd, (const struct sockaddr *)&start->address, sizeof(start->address))) {
		close(fd);
		return -1;
	}
	return fd;
}

static void answer(struct start *start, pid_t child)
{
	const char *paths[] = {passed(start)};

	reply_begin();
	reply("tid=%d won=%ld elsewhere=%llu own=%llu truth=%s", child, start->won, start->number_elsewhere,
	      start->number_own, start->truth);
	reply_texts("path", paths, 1);
	reply_end();
}

void command_start_elsewhere(void)
{
	const char *how = line_text("how"), *name = line_text("name");
	struct bytes base = {0};
	struct start *start = mmap(NULL, sizeof(*start), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct low *low =
		mmap(NULL, sizeof(*low), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (start == MAP_FAILED || low == MAP_FAILED || !how || !bytes_take(&base, "base"))
		_exit(3);
	start->low = low;
	start->calls = (long)line_number("calls", 1);
	start->ring = line_text("ring");
	start->how = !strcmp(how, "in-root") ? IN_ROOT :
		     !strcmp(how, "batch")   ? BY_BATCH :
		     !strcmp(how, "return")  ? BY_RETURN :
		     !strcmp(how, "unshare") ? BY_UNSHARE :
		     !strcmp(how, "exchange") ? BY_EXCHANGE :
		     !strcmp(how, "block")   ? BY_BLOCK :
		     !strcmp(how, "leave")   ? BY_LEAVE :
						BY_FLIP;
	start->connects = name && !strcmp(name, "connect");
	start->replaces = line_number("replaced", 0);
	start->relative = line_number("relative", 0);
	int aim = start->calls <= MOST_CALLS && name_places(start, (const char *)base.address) ? make_aim(start) : -1;

	if (start->how == BY_BLOCK && !abi_works(ABI_IA32)) {
		fail("unsupported: this kernel takes no ia32 calls");
	} else if (aim < 0) {
		fail("start-elsewhere needs a short path of an empty directory, and at most %d calls", MOST_CALLS);
	} else {
		pid_t child = fork_child();

		if (!child)
			play(start);
		if (child < 0 || reap(child, 100))
			fail("unsupported: no io_uring, or no mount namespace of one's own");
		else
			answer(start, child);
	}
	if (aim > 0)
		close(aim);
	free(base.address);
	munmap(low, sizeof(*low));
	munmap(start, sizeof(*start));
}
