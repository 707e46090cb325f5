/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Compares, byte by byte, the requested path with the names of the file that the call opened. */
#ifndef UNRACED_PATH_COMPARE_H
#define UNRACED_PATH_COMPARE_H

#include "lib/shim.h"

/*
 * Returns whether a path consists of these names, each of which has a slash before it. Slashes in a row and "." are
 * skipped; ".." never matches, since links may be behind it.
 */
bool unraced_names_match(const u8 *requested, u32 length, const u8 *names, u32 names_length);
/* Returns whether the path ends with a slash or ".", and so can only lead to a directory. */
bool unraced_needs_directory(const u8 *requested, u32 length);

#endif
