/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
#ifndef UNRACED_FILTER_PREFIX_H
#define UNRACED_FILTER_PREFIX_H

#include "lib/shim.h"
#include "lib/device.h"

/* Returns whether the length of each prefix is valid. */
bool unraced_prefixes_make_sense(const struct unraced_prefix *prefixes, u32 count);
/* Returns whether the path starts with one of the prefixes, which are sorted by bytes; none is the start of another. */
bool unraced_prefixes_accept(const struct unraced_prefix *prefixes, u32 count, const u8 *path, u32 length);

#endif
