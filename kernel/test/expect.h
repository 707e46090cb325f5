/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Counts the conditions of a test that do not hold, and prints them. */
#ifndef UNRACED_TEST_EXPECT_H
#define UNRACED_TEST_EXPECT_H

#include <stdio.h>

#include <linux/types.h>

static __u32 wrong;

#define EXPECT(condition)                                   \
	do {                                                \
		if (!(condition)) {                         \
			wrong++;                            \
			printf("not so: %s\n", #condition); \
		}                                           \
	} while (0)

#endif
