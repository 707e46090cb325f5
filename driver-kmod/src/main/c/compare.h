/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Whether a claim names what the call acted on, as far as bytes tell. */
#ifndef UNRACED_COMPARE_H
#define UNRACED_COMPARE_H

#include "call.h"

/*
 * Whether a path consists of these names, each of which has a slash before it. Slashes in a row and "." are passed
 * over; ".." never matches, since links may be behind it.
 */
bool unraced_names_match(const u8 *claim, u32 length, const u8 *names, u32 names_length);
/* After a slash, or a last ".", only a directory is found. */
bool unraced_needs_directory(const u8 *claim, u32 length);
/*
 * Of a record that has a socket: enum unraced_integrity. A claim without a scope names the device that the socket was
 * bound to before the call, 0 for none.
 */
u8 unraced_judge_address(const struct unraced_call *call, u32 device);

#endif
