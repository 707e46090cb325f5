// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
#include "path/compare.h"

static inline u64 word_at(const u8 *at)
{
	u64 word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/* Compares word by word, which suits few bytes; the last word may overlap the one before. */
static bool same_bytes(const u8 *left, const u8 *right, u32 length)
{
	u32 at;

	if (length < sizeof(u64)) {
		for (at = 0; at < length; at++)
			if (left[at] != right[at])
				return false;
		return true;
	}
	for (at = 0; at + sizeof(u64) < length; at += sizeof(u64))
		if (word_at(left + at) != word_at(right + at))
			return false;
	return word_at(left + length - sizeof(u64)) == word_at(right + length - sizeof(u64));
}

/* No directory has an empty name, "." or "..", so a requested path of the same bytes contains none of them either. */
static bool is_same(const u8 *requested, u32 length, const u8 *names, u32 names_length)
{
	u32 slash = length && requested[0] != '/';

	return length && names_length == length + slash && same_bytes(requested, names + slash, length);
}

bool unraced_names_match(const u8 *requested, u32 length, const u8 *names, u32 names_length)
{
	u32 at = 0, position = 0;

	if (is_same(requested, length, names, names_length))
		return true;

	while (at < length) {
		u32 begin = at, size;

		while (at < length && requested[at] != '/')
			at++;
		size = at - begin;
		at++;
		if (!size || (size == 1 && requested[begin] == '.'))
			continue;
		if (size == 2 && requested[begin] == '.' && requested[begin + 1] == '.')
			return false;
		if (names_length - position < size + 1 || names[position] != '/' ||
		    memcmp(names + position + 1, requested + begin, size))
			return false;
		position += size + 1;
		if (position < names_length && names[position] != '/')
			return false;
	}
	return position == names_length;
}

bool unraced_needs_directory(const u8 *requested, u32 length)
{
	if (!length)
		return false;
	if (requested[length - 1] == '/')
		return true;
	return length > 1 && requested[length - 1] == '.' && requested[length - 2] == '/';
}
