/* SPDX-License-Identifier: Apache-2.0 */
/* One thread that calls, and one that works against it. */
#ifndef UNRACED_RACE_H
#define UNRACED_RACE_H

#include "actor.h"

#include <sched.h>

/* Of the memory that is raced for. */
#define RACE_ROOM 8192

struct race;

/* What the other thread does, and when. */
struct aim {
	const char *name;
	/* Sets the other thread's means up; what is missing, or NULL. */
	const char *(*open)(struct race *race);
	/* Before each call, by the caller. */
	void (*prepare)(struct race *race);
	/* The other thread. */
	void *(*run)(void *race);
	/* Whether the other thread acts once per call, so that each waits for the other. */
	bool turns;
};

struct race {
	struct call call;
	const struct aim *aim;
	/* Raced for is openat2's how, not the path or the address. */
	bool how;
	/* The bytes that are raced for, and the same bytes as the other thread writes them. */
	unsigned char *memory;
	unsigned char *alias;
	size_t length;
	/* The one byte that differs, and its two values. */
	size_t at;
	unsigned char a, b;
	/* For a directory that is swapped: the descriptor's two meanings. */
	int directories[2];
	int faults;
	/* The processors of both: each gets one of its own. */
	cpu_set_t allowed;
	unsigned long chance;
	/* Twice the usual time of a call, in ns. */
	volatile long span;
	/* The call that has begun, has ended, has been answered by the other thread; from 1. */
	volatile long begun, ended, answered;
	/* How often an aim without turns has acted. */
	volatile long acts;
	volatile bool over;
};

/* fuse.c: the server of a file system rewrites the path. */
const char *fuse_open(struct race *race);
void fuse_prepare(struct race *race);

const struct aim *aim_named(const char *name);

#endif
