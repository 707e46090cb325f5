/* SPDX-License-Identifier: Apache-2.0 */
/* A rival is a thread or a process that acts once in each call of the main thread. */
#ifndef UNRACED_RIVAL_H
#define UNRACED_RIVAL_H

#include "actor.h"

#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

struct rival {
	/* The rival's action at a moment of a call, and its preparation before each round, which may be NULL. */
	void (*act)(struct rival *rival, long long moment);
	void (*prepare)(struct rival *rival);
	void *of;
	bool process;
	/* A process shares this with the main thread: flags of clone(2). */
	unsigned long shared;
	/* The number, from 1, of the round that is wanted, has been prepared, has begun, has been acted in. */
	volatile long wanted, prepared, begun, acted;
	volatile bool over, failed;
	/* The time of the rival's last action. act() may set it earlier, when its later steps do not count. */
	volatile long long to;
	/* A running mean of the time that a call takes, in ns. */
	volatile long span;
	unsigned long chance;
	cpu_set_t allowed;
	long long entered;
	pthread_t thread;
	pid_t child;
};

/* Makes a rival in memory that a child shares. */
struct rival *rival_new(void (*act)(struct rival *, long long), void *of, bool process);
/* Starts a rival, also one that was stopped. */
void rival_start(struct rival *rival);
/*
 * The main thread calls these around each call.
 * rival_end() waits for the rival, and returns whether it acted while the call ran.
 */
void rival_begin(struct rival *rival);
bool rival_end(struct rival *rival);
/* Ends the rival. Returns false when it failed to act. */
bool rival_stop(struct rival *rival);
/*
 * Makes the call of one round, between rival_begin() and rival_end(). Returns the letter of what the
 * call reached. Sets "won" if the rival acted in time.
 */
typedef char rival_round(struct rival *rival, void *with, bool *won);
/* Starts a rival, plays rounds with it as rival_rounds() does, and frees it. */
void rival_play(struct rival *rival, long calls, rival_round *round, void *with, const char *failure);
/*
 * Plays rounds with a rival that was started, and ends it. Replies with the number of rounds that
 * were won and with the letters of all, or with the failure when the rival failed to act.
 */
void rival_rounds(struct rival *rival, long calls, rival_round *round, void *with, const char *failure);
void rival_free(struct rival *rival);
/* Returns a pseudo-random number from 0 to a maximum, so that over many rounds every moment is hit. */
long rival_chance(struct rival *rival, long most);
/* These move the calling thread to the main thread's processor, or to another one. */
void rival_beside(const struct rival *rival);
void rival_apart(const struct rival *rival);
/* Pins the calling thread to the n-th of these processors, round robin. */
void pin(const cpu_set_t *allowed, int n);
/* Spins until a time of CLOCK_BOOTTIME, in ns. */
void rival_wait(long long moment);

#endif
