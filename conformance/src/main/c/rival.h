/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody who acts once in each call of the main thread: another process, or a thread. */
#ifndef UNRACED_RIVAL_H
#define UNRACED_RIVAL_H

#include "actor.h"

#include <pthread.h>
#include <sched.h>

struct rival {
	/* What it does at a moment of a call, and before each round; the latter may be missing. */
	void (*act)(struct rival *rival, long long moment);
	void (*prepare)(struct rival *rival);
	void *of;
	bool process;
	/* The round that is wanted, has been prepared, has begun, has been acted in; from 1. */
	volatile long wanted, prepared, begun, acted;
	volatile bool over, failed;
	/* When it had acted last; it may set it itself, when what it does next matters no more. */
	volatile long long to;
	/* Some more than the usual time of a call, in ns. */
	volatile long span;
	unsigned long chance;
	cpu_set_t allowed;
	long long entered;
	pthread_t thread;
	pid_t child;
};

/* In memory that a child shares. */
struct rival *rival_new(void (*act)(struct rival *, long long), void *of, bool process);
void rival_start(struct rival *rival);
/* Around each call of the main thread. The last one returns when the rival has acted: whether it did while the call ran. */
void rival_begin(struct rival *rival);
bool rival_end(struct rival *rival);
/* Ends the other one; false when it could not act at all. */
bool rival_stop(struct rival *rival);
void rival_free(struct rival *rival);
/* At most so much, so that over many rounds every moment is met. */
long rival_chance(struct rival *rival, long most);
/* For the rival itself: it shares the main thread's processor from here on, or has another one again. */
void rival_beside(const struct rival *rival);
void rival_apart(const struct rival *rival);
/* Waits for a moment. */
void rival_wait(long long moment);

#endif
