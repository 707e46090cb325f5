// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
#include "filter/prefix.h"

bool unraced_prefixes_make_sense(const struct unraced_prefix *prefixes, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		if (!prefixes[i].length || prefixes[i].length > UNRACED_PREFIX_MAX)
			return false;
	return true;
}

static bool is_after(const struct unraced_prefix *prefix, const u8 *path, u32 length)
{
	int order = memcmp(prefix->bytes, path, min(prefix->length, length));

	return order > 0 || (!order && prefix->length > length);
}

/* No prefix is the start of another, so only the last prefix that does not sort after the path can be its start. */
bool unraced_prefixes_accept(const struct unraced_prefix *prefixes, u32 count, const u8 *path, u32 length)
{
	u32 low = 0, high = count;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (is_after(&prefixes[middle], path, length))
			high = middle;
		else
			low = middle + 1;
	}
	if (!low)
		return false;
	prefixes += low - 1;
	return prefixes->length <= length && !memcmp(prefixes->bytes, path, prefixes->length);
}
