// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/* This test asks whether a request has ended. */
#include "expect.h"
#include "unraced/ending.h"

static void connects(void)
{
	EXPECT(unraced_connect_ending(0, 5, 0, 0) == UNRACED_OVER);
	EXPECT(unraced_connect_ending(-ECONNREFUSED, 5, 0, 1) == UNRACED_OVER);
	EXPECT(unraced_connect_ending(0, 5, 5, 0) == UNRACED_IN_FLIGHT);
	EXPECT(unraced_connect_ending(4, 5, 0, 1) == UNRACED_IN_FLIGHT);
	EXPECT(unraced_connect_ending(0, 5, 0, 1) == UNRACED_DOUBTFUL);
	EXPECT(unraced_connect_ending(-ECONNREFUSED, 0, 0, 0) == UNRACED_UNCLEAR);
}

static void opens(void)
{
	EXPECT(unraced_open_ending(3, 3, 0, UNRACED_HAS_RUN) == UNRACED_OVER);
	EXPECT(unraced_open_ending(3, 0, 0, UNRACED_RUN_UNKNOWN) == UNRACED_OVER);
	EXPECT(unraced_open_ending(3, 3, 0, UNRACED_RUN_UNKNOWN) == UNRACED_UNCLEAR);
	EXPECT(unraced_open_ending(3, 0, 0, UNRACED_HAS_NOT_RUN) == UNRACED_IN_FLIGHT);
	EXPECT(unraced_open_ending(-ECANCELED, 0, 0, UNRACED_HAS_NOT_RUN) == UNRACED_OVER);
	EXPECT(unraced_open_ending(-ECANCELED, -ECANCELED, 0, UNRACED_HAS_NOT_RUN) ==
	       UNRACED_UNCLEAR);
	EXPECT(unraced_open_ending(-EINVAL, -EINVAL, -EINVAL, UNRACED_HAS_NOT_RUN) == UNRACED_OVER);
	EXPECT(unraced_open_ending(0, 0, 0, UNRACED_HAS_NOT_RUN) == UNRACED_IN_FLIGHT);
}

int main(void)
{
	connects();
	opens();
	printf("endings wrong %u\n", wrong);
	return wrong != 0;
}
