/* SPDX-License-Identifier: Apache-2.0 */
#include "rival.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct rival *rival_new(void (*act)(struct rival *, long long), void *of, bool process)
{
	struct rival *rival = mmap(NULL, sizeof(*rival), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (rival == MAP_FAILED)
		_exit(3);
	rival->act = act;
	rival->of = of;
	rival->process = process;
	rival->span = 2000;
	rival->chance = (unsigned long)now();
	sched_getaffinity(0, sizeof(rival->allowed), &rival->allowed);
	return rival;
}

void rival_free(struct rival *rival)
{
	munmap(rival, sizeof(*rival));
}

void pin(const cpu_set_t *allowed, int n)
{
	cpu_set_t one;
	int seen = 0;

	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, allowed) || seen++ != n % CPU_COUNT(allowed))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		sched_setaffinity(0, sizeof(one), &one);
		return;
	}
}

void rival_beside(const struct rival *rival)
{
	pin(&rival->allowed, 0);
}

void rival_apart(const struct rival *rival)
{
	pin(&rival->allowed, 1);
}

long rival_chance(struct rival *rival, long most)
{
	rival->chance = rival->chance * 6364136223846793005UL + 1442695040888963407UL;
	return (long)((rival->chance >> 33) % (unsigned long)(most + 1));
}

/* A waiting thread spins this many times before it yields its processor. */
#define EAGER 2000
/* The rival's head start before the call takes this many values, in steps of LEAD_NANOS. */
#define LEADS 5
#define LEAD_NANOS 150

/* Waits until a counter has reached a round. Returns false when the rival is over. */
static bool await(const struct rival *rival, const volatile long *of, long round)
{
	for (long looks = 0; *of != round; looks++) {
		if (rival->over)
			return false;
		if (looks > EAGER)
			sched_yield();
	}
	return true;
}

void rival_wait(long long moment)
{
	while (now() < moment)
		;
}

static void *run(void *argument)
{
	struct rival *rival = argument;

	rival_apart(rival);
	for (long round = 1; await(rival, &rival->wanted, round); round++) {
		if (rival->prepare)
			rival->prepare(rival);
		rival->prepared = round;
		if (!await(rival, &rival->begun, round))
			break;
		rival->to = 0;
		rival->act(rival, now() + rival_chance(rival, rival->span));
		if (!rival->to)
			rival->to = now();
		rival->acted = round;
	}
	return NULL;
}

void rival_start(struct rival *rival)
{
	rival->wanted = rival->prepared = rival->begun = rival->acted = 0;
	rival->over = false;
	if (rival->process) {
		rival->child = rival->shared ? clone_child(rival->shared) : fork_child();
		if (!rival->child) {
			run(rival);
			_exit(0);
		}
	} else if (pthread_create(&rival->thread, NULL, run, rival)) {
		_exit(3);
	}
	if (rival->child < 0)
		_exit(3);
	pin(&rival->allowed, 0);
}

void rival_begin(struct rival *rival)
{
	rival->wanted = rival->begun + 1;
	await(rival, &rival->prepared, rival->wanted);
	rival->begun++;
	/* With the pause, the rival is at a different point of its work when each call begins. */
	rival_wait(now() + rival->begun % LEADS * LEAD_NANOS);
	rival->entered = now();
}

bool rival_end(struct rival *rival)
{
	long long left = now();
	long took = (long)(left - rival->entered);

	await(rival, &rival->acted, rival->begun);
	/* The span is the mean of the calls; a call that was preempted counts as slightly longer than the mean. */
	if (took < 8 * rival->span)
		rival->span += (took - rival->span) / 16;
	else
		rival->span += rival->span / 16;
	return rival->to < left;
}

bool rival_stop(struct rival *rival)
{
	rival->over = true;
	if (rival->process)
		reap(rival->child, 10);
	else
		pthread_join(rival->thread, NULL);
	sched_setaffinity(0, sizeof(rival->allowed), &rival->allowed);
	return !rival->failed;
}

void rival_play(struct rival *rival, long calls, rival_round *round, void *with, const char *failure)
{
	rival_start(rival);
	rival_rounds(rival, calls, round, with, failure);
	rival_free(rival);
}

void rival_rounds(struct rival *rival, long calls, rival_round *round, void *with, const char *failure)
{
	char *truth = calloc((size_t)calls + 1, 1);
	long total = 0;

	if (!truth)
		_exit(3);
	for (long i = 0; i < calls && !rival->failed; i++) {
		bool won = false;

		truth[i] = round(rival, with, &won);
		total += won;
	}
	if (rival_stop(rival)) {
		reply_begin();
		reply("tid=%d won=%ld truth=%s", own_tid(), total, truth);
		reply_end();
	} else {
		fail("%s", failure);
	}
	free(truth);
}
