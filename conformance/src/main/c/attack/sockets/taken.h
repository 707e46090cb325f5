/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In each round another process fetches the main thread's socket by pidfd_getfd(2) once that has a peer, acts on it,
 * and lets it go. Before and after, the main thread alone holds the socket.
 */
#ifndef UNRACED_TAKEN_H
#define UNRACED_TAKEN_H

#include "actor.h"
#include "attack/rival.h"

#define TAKEN_FAILED "unsupported: no other process can act on the socket"

/* The state of the attack, in memory that both processes share. */
struct taken {
	struct bytes a, b;
	pid_t owner;
	/* The main thread's socket, or -1 while the other process must not fetch it. */
	volatile int fd;
	/* The main thread's call has returned; the other process has acted. */
	volatile bool returned, acted;
	/* The other process waits so many ns before it fetches the socket. */
	long lead;
	/* The other process gets ready, before the first round and before each one. Either may be NULL. */
	bool (*open)(struct taken *taken);
	bool (*prepare)(struct taken *taken);
	/* The act of the other process, which closes the descriptor. Returns false when it cannot. */
	bool (*act)(struct taken *taken, int fd);
	/* The rest is the other process's own. */
	int owner_fd;
	struct busy *busy;
	int filler, timer;
	/* The main thread's listener at a, or -1. */
	int listener;
};

/* Makes the state from the current command. Replies with an error and returns NULL without addresses a and b. */
struct taken *taken_new(void);
void taken_free(struct taken *taken);
/* Makes the other process's part of the race. */
struct rival *taken_rival(struct taken *taken);
/* The main thread calls this when its call has returned. Returns whether the other process acted while the call ran. */
bool taken_end(struct taken *taken, struct rival *rival);
/* Acts: binds the socket to b. */
bool taken_bind(struct taken *taken, int fd);
/* Makes a listener at a, with so much room. Returns -1 where there is none. */
int taken_listen(const struct taken *taken, int backlog);
/* Accepts and closes all connections. */
void taken_accept(int listener);

#endif
