/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The drivers' comparison of names, as the tests call it, and a plain one that has to say the same.
 */
#ifndef UNRACED_TEST_EXPECTED_H
#define UNRACED_TEST_EXPECTED_H

#include <stdlib.h>

#include "unraced/compare.h"

/* The room that the drivers have behind either side. */
#define ROOM 8

/*
 * Copies bytes to memory of its own with no more room behind them than the drivers have, so that a
 * sanitizer sees more.
 */
static inline __u8 *with_room(const void *bytes, size_t length)
{
	__u8 *copy = aligned_alloc(8, (length + 2 * ROOM - 1) / ROOM * ROOM);

	if (!copy)
		abort();
	memset(copy, 0xa5, (length + 2 * ROOM - 1) / ROOM * ROOM);
	memcpy(copy, bytes, length);
	return copy;
}

static inline bool names_match(const __u8 *requested, __u32 length, const __u8 *names,
			       __u32 names_length)
{
	__u8 *left = with_room(requested, length), *right = with_room(names, names_length);
	struct unraced_comparison to = { .requested = left, .other = right, .length = length };
	bool match = unraced_names_match(&to, 0, names_length, length && requested[0] == '/');

	free(left);
	free(right);
	return match;
}

/* Returns the next component from a place on, and moves the place behind it. */
static inline __u32 component(const __u8 *text, __u32 length, __u32 *at)
{
	__u32 begin;

	while (*at < length && text[*at] == '/')
		++*at;
	begin = *at;
	while (*at < length && text[*at] != '/')
		++*at;
	return begin;
}

/* Returns whether a requested path consists of these names, component by component. */
static inline bool expected_match(const __u8 *requested, __u32 length, const __u8 *names,
				  __u32 names_length)
{
	__u32 at = 0, name_at = 0;

	for (;;) {
		__u32 begin = component(requested, length, &at), size = at - begin, name, name_size;

		if (size == 1 && requested[begin] == '.')
			continue;
		if (size == 2 && requested[begin] == '.' && requested[begin + 1] == '.')
			return false;
		name = component(names, names_length, &name_at);
		name_size = name_at - name;
		if (!size || !name_size)
			return size == name_size;
		if (size != name_size || memcmp(requested + begin, names + name, size))
			return false;
	}
}

#endif
