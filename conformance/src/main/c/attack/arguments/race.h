/* SPDX-License-Identifier: Apache-2.0 */
/* A race: one thread makes calls, and another one changes their argument meanwhile. */
#ifndef UNRACED_RACE_H
#define UNRACED_RACE_H

#include "actor.h"

#include <sched.h>

/* The size in bytes of the memory that is raced for. */
#define RACE_ROOM 8192

struct race;

/* An aim says what the other thread does, and when. */
struct aim {
	const char *name;
	/* Prepares what the other thread needs. Returns what is missing, or NULL. */
	const char *(*open)(struct race *race);
	/* The calling thread runs this before each call. */
	void (*prepare)(struct race *race);
	/* The body of the other thread. */
	void *(*run)(void *race);
	/* Set when the other thread acts once per call, so that each thread waits for the other. */
	bool turns;
};

struct race {
	struct call call;
	const struct aim *aim;
	/* Set when the race is for openat2's how, not for the path or the address. */
	bool how;
	/* The bytes that are raced for, and the mapping of them that the other thread writes to. */
	unsigned char *memory;
	unsigned char *alias;
	size_t length;
	/* The position of the one byte that differs, and its two values. */
	size_t at;
	unsigned char a, b;
	/* The two directories between which a descriptor is swapped. */
	int directories[2];
	int faults;
	/* The processors that both threads may use; each thread is pinned to one of its own. */
	cpu_set_t allowed;
	unsigned long chance;
	/* Twice the usual time of a call, in ns. */
	volatile long span;
	/* The number, from 1, of the last call that has begun, has ended, and has been answered by the other thread. */
	volatile long begun, ended, answered;
	/* The number of times that an aim without turns has acted. */
	volatile long acts;
	volatile bool over;
};

/* fuse.c: the server of a file system rewrites the path. */
const char *fuse_open(struct race *race);
void fuse_prepare(struct race *race);

const struct aim *aim_named(const char *name);

#endif
