/* SPDX-License-Identifier: Apache-2.0 */
/* Many calls at once, and many threads that are killed or interrupted in a call. */
#include "actor.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define THREADS LOAD_THREADS
#define STACK_SIZE (32 * 1024)

void pause_micros(long micros)
{
	struct timespec time = {micros / 1000000, micros % 1000000 * 1000};

	nanosleep(&time, NULL);
}

pid_t fork_child(void)
{
	return clone_child(0);
}

pid_t clone_child(unsigned long shared)
{
	pid_t parent = getpid();
	pid_t child = shared ? (pid_t)syscall(SYS_clone, shared | SIGCHLD, 0, 0, 0, 0) : fork();

	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	/* The parent's watchdog is not inherited. */
	alarm(60);
	return 0;
}

int reap(pid_t child, int seconds)
{
	long long until = now() + seconds * 1000000000LL;
	int status = -1;

	while (waitpid(child, &status, WNOHANG) == 0) {
		if (now() > until)
			kill(child, SIGKILL);
		pause_micros(100);
	}
	return status;
}

/* --- bulk --- */

struct bulk {
	pthread_barrier_t start;
	const char *base;
	long calls;
	long tag;
	bool mixed;
	bool pinned;
};

struct bulk_thread {
	struct bulk *bulk;
	pthread_t thread;
	int index;
	pid_t tid;
	long failures;
};

static void pin(int index)
{
	cpu_set_t allowed, one;
	int wanted = 0;

	sched_getaffinity(0, sizeof(allowed), &allowed);
	int count = CPU_COUNT(&allowed);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &allowed) || wanted++ != index % count)
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		sched_setaffinity(0, sizeof(one), &one);
		return;
	}
}

/* Path, mode and call depend on the tag alone, so that an event with another thread's argument gives itself away. */
static long tagged_call(const struct bulk *bulk, long tag)
{
	char path[512];
	uint64_t how[3] = {O_RDONLY | O_CREAT, (uint64_t)tag & 07777, 0};

	snprintf(path, sizeof(path), "%s/%ld", bulk->base, tag);
	switch (bulk->mixed ? tag % 4 : 0) {
	case 1:
		return watched_open(ABI_NATIVE, path, O_RDONLY, tag);
	case 2:
		return watched_creat(ABI_NATIVE, path, tag);
	case 3:
		return watched_openat2(ABI_NATIVE, AT_FDCWD, path, how, sizeof(how));
	default:
		return watched_openat(ABI_NATIVE, AT_FDCWD, path, O_RDONLY, tag);
	}
}

static void *bulk_run(void *argument)
{
	struct bulk_thread *self = argument;
	struct bulk *bulk = self->bulk;
	long first = bulk->tag + self->index * bulk->calls;

	self->tid = own_tid();
	if (bulk->pinned)
		pin(self->index);
	pthread_barrier_wait(&bulk->start);
	for (long i = 0; i < bulk->calls; i++) {
		long result = tagged_call(bulk, first + i);
		if (result >= 0)
			close((int)result);
		else
			self->failures++;
	}
	return NULL;
}

static const char *list_of_tids(const struct bulk_thread *workers, int threads)
{
	static char list[THREADS * 11 + 1];
	size_t at = 0;

	for (int i = 0; i < threads; i++)
		at += (size_t)sprintf(list + at, i ? ",%d" : "%d", workers[i].tid);
	return list;
}

/* Has T threads make N calls each; the tags of thread t start at tag + t * N. */
void command_bulk(void)
{
	size_t length;
	char *base = (char *)line_bytes("base", &length);
	int threads = (int)line_number("threads", 1);
	struct bulk bulk = {.base = base,
			    .calls = line_number("calls", 1),
			    .tag = line_number("tag", 1),
			    .mixed = line_number("mixed", 0),
			    .pinned = line_number("pinned", 0)};
	static struct bulk_thread workers[THREADS];
	long failures = 0;

	if (threads < 1 || threads > THREADS || !base || length > 400) {
		fail("bulk needs base=HEX of at most 400 bytes and 1 to %d threads", THREADS);
		free(base);
		return;
	}
	pthread_barrier_init(&bulk.start, NULL, (unsigned)threads);
	for (int i = 0; i < threads; i++) {
		workers[i] = (struct bulk_thread){.bulk = &bulk, .index = i};
		if (pthread_create(&workers[i].thread, NULL, bulk_run, &workers[i]))
			_exit(3);
	}
	for (int i = 0; i < threads; i++) {
		pthread_join(workers[i].thread, NULL);
		failures += workers[i].failures;
	}
	pthread_barrier_destroy(&bulk.start);
	reply_begin();
	reply("calls=%ld failures=%ld tgid=%d tids=%s", bulk.calls * threads, failures, getpid(),
	      list_of_tids(workers, threads));
	reply_end();
	free(base);
}

/* --- storm --- */

struct storm_thread {
	const char *fifo;
	long result;
};

static void *storm_run(void *argument)
{
	struct storm_thread *self = argument;

	self->result = watched_openat(ABI_NATIVE, AT_FDCWD, self->fifo, O_RDONLY, 0);
	return NULL;
}

static void on_signal(int signal)
{
	(void)signal;
}

static long long cpu_time(pid_t process)
{
	struct timespec time = {0};
	clockid_t clock;

	if (clock_getcpuclockid(process, &clock) || clock_gettime(clock, &time))
		return -1;
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Waits until a process has begun its calls and uses no more processor time, which means that it is blocked in them. */
static void await_blocked(pid_t process, long long begun)
{
	long long until = now() + 10000000000LL, before = -1, time;

	while (now() < until) {
		time = cpu_time(process);
		if (__atomic_load_n(&counts()->begun, __ATOMIC_SEQ_CST) >= begun && time == before)
			return;
		before = time;
		pause_micros(200);
	}
}

/* Interrupts threads until all their calls have returned with EINTR. */
static void interrupt_all(pthread_t *threads, int count, long long ended)
{
	struct sigaction action = {.sa_handler = on_signal};

	sigaction(SIGUSR1, &action, NULL);
	while (__atomic_load_n(&counts()->ended, __ATOMIC_SEQ_CST) < ended) {
		for (int i = 0; i < count; i++)
			pthread_kill(threads[i], SIGUSR1);
		pause_micros(500);
	}
}

/*
 * Runs one process of the storm, whose threads all block in an open. A process that is not interrupted waits to be
 * killed.
 */
static void storm_child(const char *fifo, int count, bool interrupted)
{
	static struct storm_thread workers[THREADS];
	static pthread_t threads[THREADS];
	long long ended = counts()->ended + count;
	pthread_attr_t small;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK_SIZE);
	for (int i = 0; i < count; i++) {
		workers[i].fifo = fifo;
		if (pthread_create(&threads[i], &small, storm_run, &workers[i]))
			_exit(3);
	}
	if (interrupted) {
		interrupt_all(threads, count, ended);
		for (int i = 0; i < count; i++)
			pthread_join(threads[i], NULL);
		_exit(0);
	}
	for (;;)
		pause();
}

pid_t load_start(const char *fifo, int threads)
{
	long long before = counts()->begun;
	pid_t child = fork_child();

	if (!child)
		storm_child(fifo, threads, false);
	if (child > 0)
		await_blocked(child, before + threads);
	return child;
}

/*
 * The word how=kill ends each process from outside while its threads are in their calls; how=signal interrupts the
 * calls.
 */
void command_storm(void)
{
	size_t length;
	char *fifo = (char *)line_bytes("path", &length);
	int processes = (int)line_number("processes", 1), threads = (int)line_number("threads", 1);
	const char *how = line_text("how");
	bool interrupted = how && !strcmp(how, "signal");
	long long begun = counts()->begun;

	if (!fifo || threads < 1 || threads > THREADS) {
		fail("storm needs path=HEX and 1 to %d threads", THREADS);
		free(fifo);
		return;
	}
	for (int i = 0; i < processes; i++) {
		pid_t child = interrupted ? fork_child() : load_start(fifo, threads);
		if (!child)
			storm_child(fifo, threads, true);
		if (child > 0 && !interrupted)
			kill(child, SIGKILL);
		if (child > 0)
			reap(child, 20);
	}
	reply_begin();
	reply("begun=%lld", counts()->begun - begun);
	reply_end();
	free(fifo);
}
