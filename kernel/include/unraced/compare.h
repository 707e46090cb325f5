/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file compares a requested path or socket name with what the call reached. Both sides have
 * room to read a word past their end. In a BPF program each side is in a map and has at most
 * UNRACED_COMPARED bytes, and room behind it.
 */
#ifndef UNRACED_COMPARE_H
#define UNRACED_COMPARE_H

#include "unraced/base.h"
#include "unraced/record.h"

/* The size of the memory of each side, a power of two. */
#define UNRACED_COMPARED 4096

struct unraced_comparison {
	const __u8 *requested;
	const __u8 *other;
	__u32 at;	/* position in the requested bytes where the comparison begins */
	__u32 length;	/* length of the requested bytes */
	__u32 position; /* position in the other side, which ends at "end" */
	__u32 end;
	__u32 differs;
};

typedef long unraced_comparison_step(__u64 step, struct unraced_comparison *to);

#ifdef __bpf__
/*
 * The asm hides the value's range from the compiler, which would drop the mask that the verifier
 * needs.
 */
UNRACED_INLINE __u32 unraced_masked(__u32 at)
{
	asm volatile("" : "+r"(at));
	return at & (UNRACED_COMPARED - 1);
}

/* The kernel calls the step, so the verifier checks it once. */
#define UNRACED_COMPARE(most, step, to) bpf_loop(most, step, to, 0)
#define UNRACED_STEP static __attribute__((unused)) long
#else
#define unraced_masked(at) (at)
#define UNRACED_COMPARE(most, step, to) unraced_compare(most, step, to)
#define UNRACED_STEP UNRACED_INLINE long

/* Calls a step until it returns 1, at most so many times. */
UNRACED_INLINE void unraced_compare(__u64 most, unraced_comparison_step *step,
				    struct unraced_comparison *to)
{
	__u64 number = 0;

	while (number < most && !step(number, to))
		number++;
}
#endif

UNRACED_INLINE __u8 unraced_requested_byte(const struct unraced_comparison *to, __u32 at)
{
	return to->requested[unraced_masked(at)];
}

UNRACED_INLINE __u8 unraced_other_byte(const struct unraced_comparison *to, __u32 at)
{
	return to->other[unraced_masked(at)];
}

UNRACED_STEP unraced_word_step(__u64 step, struct unraced_comparison *to)
{
	__u32 at = to->at + 8 * step;
	__u32 position = to->position + 8 * step;
	__u64 difference;

	if (at >= to->length)
		return 1;
	difference = unraced_word_at(&to->requested[unraced_masked(at)]) ^
		     unraced_word_at(&to->other[unraced_masked(position)]);
	if (to->length - at < 8)
		difference &= (1ull << 8 * (to->length - at)) - 1;
	to->differs = difference != 0;
	return to->differs;
}

/* Returns whether the rest of the requested bytes equals the other side's bytes at position. */
UNRACED_INLINE bool unraced_same_bytes(struct unraced_comparison *to)
{
	to->differs = 0;
	UNRACED_COMPARE(UNRACED_COMPARED / 8, unraced_word_step, to);
	return !to->differs;
}

/*
 * Compares one byte of a requested path with the names that the walk found, each with a slash
 * before it. Repeated slashes and "." are skipped; ".." never matches, since a link may precede it.
 */
UNRACED_STEP unraced_name_step(__u64 step, struct unraced_comparison *to)
{
	__u32 at = step, position = to->position;
	__u8 byte;

	if (at >= to->length)
		return 1;
	byte = unraced_requested_byte(to, at);
	if (byte == '/')
		return 0;
	if (!at || unraced_requested_byte(to, at - 1) == '/') {
		__u8 next = at + 1 < to->length ? unraced_requested_byte(to, at + 1) : '/';
		__u8 third = at + 2 < to->length ? unraced_requested_byte(to, at + 2) : '/';

		if (byte == '.' && next == '/')
			return 0;
		if ((byte == '.' && next == '.' && third == '/') || position >= to->end ||
		    unraced_other_byte(to, position) != '/')
			goto differs;
		position++;
	}
	if (position >= to->end || unraced_other_byte(to, position) != byte)
		goto differs;
	to->position = position + 1;
	return 0;
differs:
	to->differs = 1;
	return 1;
}

/* Returns whether the requested path consists of the names from position to the end. */
UNRACED_INLINE bool unraced_same_names(struct unraced_comparison *to)
{
	to->differs = 0;
	UNRACED_COMPARE(UNRACED_COMPARED, unraced_name_step, to);
	return !to->differs && to->position == to->end;
}

/*
 * Returns whether a requested path consists of the names that the other side has from one position
 * to another. No directory has an empty name, "." or "..", so a path of the same length has to have
 * the same bytes. The names begin with a slash; a relative path has none before its first name.
 */
UNRACED_INLINE bool unraced_names_match(struct unraced_comparison *to, __u32 from, __u32 end,
					bool absolute)
{
	to->position = from;
	to->end = end;
	if (!absolute && from < end)
		from++;
	if (to->length < end - from)
		return 0;
	if (to->length > end - from)
		return unraced_same_names(to);
	to->position = from;
	return unraced_same_bytes(to);
}

/*
 * Returns whether a requested path ends with a slash or ".", and so can lead only to a directory.
 */
UNRACED_INLINE bool unraced_needs_directory(const struct unraced_comparison *to)
{
	__u32 length = to->length;

	if (!length)
		return 0;
	if (unraced_requested_byte(to, length - 1) == '/')
		return 1;
	return length > 1 && unraced_requested_byte(to, length - 1) == '.' &&
	       unraced_requested_byte(to, length - 2) == '/';
}

/*
 * Compares one byte of two socket names in the file system, which end at a NUL or at their length.
 */
UNRACED_STEP unraced_socket_name_step(__u64 step, struct unraced_comparison *to)
{
	__u32 at = to->at + step;
	__u8 requested = at < to->length ? unraced_requested_byte(to, at) : 0;
	__u8 other = at < to->end ? unraced_other_byte(to, at) : 0;

	to->differs = requested != other;
	return to->differs || !requested;
}

UNRACED_INLINE bool unraced_same_socket_name(struct unraced_comparison *to)
{
	to->differs = 0;
	UNRACED_COMPARE(UNRACED_ADDRESS_MAX + 1, unraced_socket_name_step, to);
	return !to->differs;
}

#endif
