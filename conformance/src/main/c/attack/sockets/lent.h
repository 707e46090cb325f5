/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNRACED_LENT_H
#define UNRACED_LENT_H

#include "busy.h"

struct lent {
	struct bytes a, b;
	bool silent;
	/* The batch disconnects a TCP socket, which has no peer. */
	bool ends;
	int type, protocol;
	/* The listeners at a and b, for TCP sockets. */
	int listeners[2];
};

/*
 * Plays another user, who connects each socket from the channel to b, as a registered file of its ring. With "silent"
 * it has let the socket go when it sends a byte.
 */
void lent_borrow(struct busy *busy, void *lent);

#endif
