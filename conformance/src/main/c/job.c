/* SPDX-License-Identifier: Apache-2.0 */
/* Calls on threads of their own, since they may block. */
#include "actor.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define JOBS 1024
#define STACK_SIZE (64 * 1024)
/* The longest single wait for a job. */
#define STEP_MILLIS 100

struct job {
	struct call call;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pid_t tid;
	/* The processor on which a pinned thread began, and stays until "move". */
	int processor;
	bool pinned;
	bool done;
};

static struct job *jobs[JOBS];
static volatile sig_atomic_t handled;

static void on_signal(int signal)
{
	(void)signal;
	handled++;
}

/* Binds this thread to its current processor, and returns that processor's number. */
static int stay(void)
{
	int cpu = sched_getcpu();
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
	return cpu;
}

static void *run(void *argument)
{
	struct job *job = argument;

	pthread_mutex_lock(&job->lock);
	job->tid = own_tid();
	job->processor = job->pinned ? stay() : -1;
	pthread_cond_broadcast(&job->changed);
	pthread_mutex_unlock(&job->lock);
	call_make(&job->call);
	pthread_mutex_lock(&job->lock);
	job->done = true;
	pthread_cond_broadcast(&job->changed);
	pthread_mutex_unlock(&job->lock);
	return NULL;
}

static struct job *job_of_line(void)
{
	long long id = line_number("job", -1);

	if (id >= 0 && id < JOBS && jobs[id])
		return jobs[id];
	fail("no job %lld", id);
	return NULL;
}

void command_start(void)
{
	pthread_attr_t small;
	int id = 0;

	while (id < JOBS && jobs[id])
		id++;
	struct job *job = id < JOBS ? calloc(1, sizeof(*job)) : NULL;
	if (!job) {
		fail("more than %d jobs", JOBS);
		return;
	}
	if (!call_parse(&job->call)) {
		free(job);
		return;
	}
	job->pinned = line_number("pinned", 0);
	pthread_mutex_init(&job->lock, NULL);
	pthread_cond_init(&job->changed, NULL);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK_SIZE);
	if (pthread_create(&job->thread, &small, run, job)) {
		fail("no thread");
		free(job);
		return;
	}
	jobs[id] = job;
	pthread_mutex_lock(&job->lock);
	while (!job->tid)
		pthread_cond_wait(&job->changed, &job->lock);
	pthread_mutex_unlock(&job->lock);
	reply_begin();
	reply("job=%d tid=%d tgid=%d", id, job->tid, getpid());
	reply_end();
}

static long long cpu_time(pthread_t thread)
{
	struct timespec time = {0};
	clockid_t clock;

	if (pthread_getcpuclockid(thread, &clock) || clock_gettime(clock, &time))
		return -1;
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Waits until a job's thread has used no time for 10 ms, which means that it is blocked or has returned. */
void command_blocked(void)
{
	struct job *job = job_of_line();
	long long before = -1, time;
	int still = 0;

	if (!job)
		return;
	for (int i = 0; i < 10000 && still < 10; i++) {
		time = cpu_time(job->thread);
		still = time == before ? still + 1 : 0;
		before = time;
		pause_micros(1000);
	}
	if (still < 10) {
		fail("timeout: the thread is busy");
		return;
	}
	reply_begin();
	reply_end();
}

/* Waits a moment for a job's end. Returns whether it has ended. */
static bool await_end(struct job *job, long long millis)
{
	struct timespec until;
	int late = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += millis * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&job->lock);
	while (!job->done && late != ETIMEDOUT)
		late = pthread_cond_timedwait(&job->changed, &job->lock, &until);
	bool done = job->done;
	pthread_mutex_unlock(&job->lock);
	return done;
}

/*
 * Replies with a job's outcome and ends the job, or with "error timeout" while the call still runs. It waits in short
 * steps: a machine that stood still has used up one of them, and the job can still run in the others.
 */
void command_wait(void)
{
	struct job *job = job_of_line();
	long long left = line_number("millis", 10000);
	bool done;

	if (!job)
		return;
	do {
		done = await_end(job, left < STEP_MILLIS ? left : STEP_MILLIS);
		left -= STEP_MILLIS;
	} while (!done && left > 0);
	if (!done) {
		fail("timeout: the call has not returned");
		return;
	}
	pthread_join(job->thread, NULL);
	call_reply(&job->call);
	call_free(&job->call);
	jobs[line_number("job", 0)] = NULL;
	free(job);
}

/* Interrupts a job's thread with a handled signal, after which the kernel restarts the call or does not. */
void command_signal(void)
{
	struct job *job = job_of_line();
	struct sigaction action = {.sa_handler = on_signal,
				   .sa_flags = line_number("restart", 0) ? SA_RESTART : 0};
	int before = handled;

	if (!job)
		return;
	sigaction(SIGUSR1, &action, NULL);
	syscall(SYS_tgkill, getpid(), job->tid, SIGUSR1);
	for (int i = 0; i < 100000 && handled == before; i++)
		pause_micros(50);
	if (handled == before) {
		fail("timeout: the signal was not handled");
		return;
	}
	reply_begin();
	reply_end();
}

/* Makes a job's sleeping thread wake on another processor than the one on which it fell asleep. */
void command_move(void)
{
	struct job *job = job_of_line();
	cpu_set_t others;

	if (!job)
		return;
	sched_getaffinity(0, sizeof(others), &others);
	if (job->pinned)
		CPU_CLR(job->processor, &others);
	/* The thread stays where it is if there is no other processor. */
	if (CPU_COUNT(&others) && sched_setaffinity(job->tid, sizeof(others), &others)) {
		fail("unsupported: sched_setaffinity: %s", strerror(errno));
		return;
	}
	reply_begin();
	reply("from=%d others=%d", job->processor, CPU_COUNT(&others));
	reply_end();
}
