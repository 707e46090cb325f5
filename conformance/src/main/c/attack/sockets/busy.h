/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A batch of requests on an io_uring that lasts, while another process acts. Both processes have a ring, and run on
 * processors of their own.
 */
#ifndef UNRACED_BUSY_H
#define UNRACED_BUSY_H

#include "actor.h"
#include "ring.h"
#include "attack/rival.h"

/* busy_fill() adds so many requests. */
#define BUSY_REQUESTS 4

struct busy {
	struct ring ring;
	/* The UNIX socket to the other process, and whether that told of its act before the batch had ended. */
	int channel;
	bool told;
	/* The result of the last connect. */
	long result;
	/* A UNIX socket that takes the bytes of each batch. */
	int sink[2];
	char *buffer;
	/* Tells each process its processor. */
	struct rival *rival;
	/* The rounds in which the other process has acted, in memory that both share. */
	volatile long *acted;
	pid_t child;
};

/*
 * Starts the other process, which runs the function with a ring of its own and ends with it.
 * Returns what is missing, or NULL.
 */
const char *busy_open(struct busy *busy, void (*act)(struct busy *, void *), void *with);
void busy_close(struct busy *busy);
struct io_uring_sqe *busy_add(struct busy *busy, int opcode, int fd);
void busy_connect(struct busy *busy, int fd, unsigned flags, const struct bytes *address);
/* Sends the other process a byte. */
void busy_tell(struct busy *busy, char byte);
/* Adds requests that keep the batch busy for some 100 µs each. */
void busy_fill(struct busy *busy);
/* Runs the batch, whose one watched request is a connect. So many requests tell of no success. */
void busy_run(struct busy *busy, unsigned requests, unsigned silent);
/*
 * Waits until the other process has acted in a round, from 1, and takes what it told. Returns false
 * when it never does.
 */
bool busy_await(struct busy *busy, long round);
/* The other process says that it has acted in one more round. */
void busy_acted(struct busy *busy);

#endif
