/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file compares bytes. One side is always the claim, which comes first in the record's tail. The other side is in
 * the walk's area, which has room to read a word past either end.
 */
#ifndef UNRACED_PATH_COMPARE_H
#define UNRACED_PATH_COMPARE_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "unraced/record.h"
#include "lib/maps.h"

struct comparison {
	const __u8 *claim;
	const __u8 *other;
	__u32 at; /* position in the claim where the comparison begins */
	__u32 length;
	__u32 position; /* position in the other side, which ends at "end" */
	__u32 end;
	__u32 differs;
};

/* The asm hides the value's range from the compiler, which would drop the mask that the verifier needs. */
static __always_inline __u32 masked(__u32 at)
{
	asm volatile("" : "+r"(at));
	return at & (WALK_BYTES - 1);
}

static __always_inline __u8 requested_byte(const struct comparison *to, __u32 at)
{
	return to->claim[masked(at)];
}

static __always_inline __u8 other_byte(const struct comparison *to, __u32 at)
{
	return to->other[masked(at)];
}

static long word_step(__u64 step, struct comparison *to)
{
	__u32 at = to->at + 8 * step;
	__u32 position = to->position + 8 * step;
	__u64 difference;

	if (at >= to->length)
		return 1;
	difference = *(const __u64 *)&to->claim[masked(at)] ^
		     *(const __u64 *)&to->other[masked(position)];
	if (to->length - at < 8)
		difference &= (1ull << 8 * (to->length - at)) - 1;
	to->differs = difference != 0;
	return to->differs;
}

/* Returns whether the rest of the claim equals the other side's bytes at position. */
static __always_inline bool same_bytes(struct comparison *to)
{
	to->differs = 0;
	bpf_loop(WALK_BYTES / 8, word_step, to, 0);
	return !to->differs;
}

/*
 * Compares one byte of a claim with the names that the walk found, each with a slash before it. Repeated slashes and
 * "." are skipped; ".." never matches, since a link may precede it.
 */
static long name_step(__u64 step, struct comparison *to)
{
	__u32 at = step, position = to->position;
	__u8 byte;

	if (at >= to->length)
		return 1;
	byte = requested_byte(to, at);
	if (byte == '/')
		return 0;
	if (!at || requested_byte(to, at - 1) == '/') {
		__u8 next = at + 1 < to->length ? requested_byte(to, at + 1) : '/';
		__u8 third = at + 2 < to->length ? requested_byte(to, at + 2) : '/';

		if (byte == '.' && next == '/')
			return 0;
		if ((byte == '.' && next == '.' && third == '/') || position >= to->end ||
		    other_byte(to, position) != '/')
			goto differs;
		position++;
	}
	if (position >= to->end || other_byte(to, position) != byte)
		goto differs;
	to->position = position + 1;
	return 0;
differs:
	to->differs = 1;
	return 1;
}

/* Returns whether the claim consists of these names. */
static __always_inline bool same_names(struct comparison *to)
{
	to->differs = 0;
	bpf_loop(WALK_BYTES, name_step, to, 0);
	return !to->differs && to->position == to->end;
}

/* Compares one byte of two socket names in the file system, which end at a NUL or at their length. */
static long socket_name_step(__u64 step, struct comparison *to)
{
	__u32 at = to->at + step;
	__u8 claim = at < to->length ? requested_byte(to, at) : 0;
	__u8 other = at < to->end ? other_byte(to, at) : 0;

	to->differs = claim != other;
	return to->differs || !claim;
}

static __always_inline bool same_socket_name(struct comparison *to)
{
	to->differs = 0;
	bpf_loop(UNRACED_ADDRESS_MAX + 1, socket_name_step, to, 0);
	return !to->differs;
}

#endif
