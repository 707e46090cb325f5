/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that run but look as if seccomp had refused them: SIGSYS is pending, and the result is the call's number. */
#include "actor.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MOST_LOADS 32

/* The state of the attack, in memory that both processes share. */
struct forgery {
	bool is_openat;
	struct bytes path, fifo;
	long calls;
	int threads, flood;
	/* Threads start too slowly for the flood. */
	bool slow;
	/* The status of the file, and the number of calls that have returned. */
	struct stat file;
	long returned;
	char truth[4096];
};

static long number_of(const struct forgery *forgery)
{
#ifdef SYS_open
	if (!forgery->is_openat)
		return SYS_open;
#else
	(void)forgery;
#endif
	return SYS_openat;
}

static long call(const struct forgery *forgery)
{
	if (forgery->is_openat)
		return watched_openat(ABI_NATIVE, AT_FDCWD, forgery->path.address, O_RDONLY, 0);
	return watched_open(ABI_NATIVE, forgery->path.address, O_RDONLY, 0);
}

/* Takes all descriptors below the call's number, so that the call returns its own number. */
static void forge(struct forgery *forgery)
{
	long number = number_of(forgery);
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGSYS);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	syscall(SYS_tgkill, getpid(), own_tid(), SIGSYS);
	int spare = fcntl(0, F_DUPFD, (int)number + 1);
	for (int fd = 0; fd < number; fd++)
		dup2(spare, fd);
	close((int)number);
	for (long i = 0; i < forgery->calls; i++) {
		struct stat status;
		long fd = call(forgery);

		bool same = fd == number && !fstat((int)fd, &status) && status.st_ino == forgery->file.st_ino;
		forgery->truth[i] = same ? 'a' : 'x';
		if (fd >= 0)
			close((int)fd);
		__atomic_store_n(&forgery->returned, i + 1, __ATOMIC_SEQ_CST);
	}
	_exit(0);
}

/* Opens the fifo for both, which ends all opens that wait for a writer. */
static void release(const char *fifo)
{
	long fd = watched_openat(ABI_NATIVE, AT_FDCWD, fifo, O_RDWR | O_NONBLOCK, 0);

	if (fd >= 0)
		close((int)fd);
}

/* A flood that takes longer, as in a sandbox that starts threads slowly, would make the actor's watchdog end it. */
#define FLOOD_SECONDS 40
/* After this time the pace tells whether a flood can become whole. */
#define PACE_SECONDS 3

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/*
 * Starts threads, unless at the pace so far they, and as many for each later round, would come too late. Returns the
 * new number of children.
 */
static int start_load(struct forgery *forgery, pid_t *children, int count, int threads, long later, time_t until)
{
	const char *fifo = (const char *)forgery->fifo.address;
	time_t begun = seconds();

	for (int left = threads; left > 0 && count < MOST_LOADS && !forgery->slow; left -= LOAD_THREADS) {
		children[count++] = load_start(fifo, left < LOAD_THREADS ? left : LOAD_THREADS);
		time_t spent = seconds() - begun, rest = until - seconds();
		long started = threads - left + LOAD_THREADS, missing = threads * (1 + later) - started;

		forgery->slow = rest <= 0 || (spent >= PACE_SECONDS && spent * missing > rest * started);
	}
	return count;
}

static void disperse(const pid_t *children, int from, int to)
{
	for (int i = from; i < to; i++) {
		if (children[i] <= 0)
			continue;
		kill(children[i], SIGKILL);
		reap(children[i], 20);
	}
}

/* While the forger waits in its open, a flood of calls may push its entry out of a driver's memory. */
static void drown(struct forgery *forgery, pid_t *children, int count, time_t until)
{
	const char *path = (const char *)forgery->path.address;

	for (long i = 0; i < forgery->calls; i++) {
		pause_micros(20000);
		int more = start_load(forgery, children, count, forgery->flood, forgery->calls - i - 1, until);
		while (__atomic_load_n(&forgery->returned, __ATOMIC_SEQ_CST) == i) {
			release(path);
			pause_micros(1000);
		}
		disperse(children, count, more);
	}
}

static void play(struct forgery *forgery)
{
	pid_t children[MOST_LOADS];
	time_t until = seconds() + FLOOD_SECONDS;
	int count = start_load(forgery, children, 0, forgery->threads, 0, until);
	pid_t child = fork_child();

	if (!child)
		forge(forgery);
	if (child > 0 && forgery->flood)
		drown(forgery, children, count, until);
	int status = child < 0 ? -1 : reap(child, 60);
	disperse(children, 0, count);
	if (forgery->slow || seconds() >= until) {
		fail("unsupported: threads start too slowly here for so many calls");
		return;
	}
	if (status) {
		fail("the forger went wrong: status %d", status);
		return;
	}
	reply_begin();
	reply("tid=%d truth=%s", child, forgery->truth);
	reply_end();
}

void command_forged_sigsys(void)
{
	const char *name = line_text("name");
	struct forgery *forgery = mmap(NULL, sizeof(*forgery), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (forgery == MAP_FAILED)
		_exit(3);
	forgery->is_openat = !name || strcmp(name, "open");
	forgery->calls = (long)line_number("calls", 1);
	forgery->threads = (int)line_number("threads", 0);
	forgery->flood = (int)line_number("flood", 0);
#ifndef SYS_open
	if (!forgery->is_openat) {
		fail("unsupported: this machine has no open");
		return;
	}
#endif
	if (forgery->calls >= (long)sizeof(forgery->truth)) {
		fail("at most %zu calls", sizeof(forgery->truth) - 1);
	} else if (bytes_take(&forgery->path, "path") &&
		   (!line_text("fifo") || bytes_take(&forgery->fifo, "fifo"))) {
		if (stat((char *)forgery->path.address, &forgery->file) ||
		    ((forgery->threads || forgery->flood) && !forgery->fifo.address))
			fail("path= must exist, and threads need fifo=");
		else
			play(forgery);
	}
	free(forgery->path.address);
	free(forgery->fifo.address);
	munmap(forgery, sizeof(*forgery));
}
