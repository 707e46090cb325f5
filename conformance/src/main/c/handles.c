/* SPDX-License-Identifier: Apache-2.0 */
#include "actor.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One more than the descriptor, so that 0 means none. */
static int handles[HANDLES];

void handle_put(long long id, int fd)
{
	if (id < 0 || id >= HANDLES)
		return;
	handle_close(id);
	handles[id] = fd + 1;
}

int handle_get(const char *text, int missing)
{
	if (!text)
		return missing;
	if (strncmp(text, "h:", 2))
		return (int)strtoll(text, NULL, 0);
	long long id = strtoll(text + 2, NULL, 0);
	return id >= 0 && id < HANDLES ? handles[id] - 1 : -1;
}

void handle_close(long long id)
{
	if (id < 0 || id >= HANDLES || !handles[id])
		return;
	close(handles[id] - 1);
	handles[id] = 0;
}
