/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Numbers that look random, and are the same in each run. */
#ifndef UNRACED_TEST_DRAW_H
#define UNRACED_TEST_DRAW_H

#include <linux/types.h>

static __u64 draw(__u64 below)
{
	static __u64 state = 88172645463325252ull;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % below;
}

#endif
