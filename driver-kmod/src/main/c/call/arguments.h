/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads what a call's pointers point to without faulting: an absent page stays absent, and is read later if it comes.
 */
#ifndef UNRACED_CALL_ARGUMENTS_H
#define UNRACED_CALL_ARGUMENTS_H

#include "call/scratch.h"

/*
 * Reads the path or address (R2.1), openat2's how (R2.11) and the block of a socketcall(2), unless the call has them
 * already. A how that cannot be read stays zeros (R2.14).
 */
void unraced_read_pointers(struct unraced_call *call, u8 provenance);
/* Returns FAULTED when memory that a pointer leads to could not be read; 0 otherwise. */
u32 unraced_faulted(const struct unraced_call *call);
/* Reads at the return what was unreadable at entry, and sets FAULTED if there was anything (R2.4, R2.5, R2.6). */
void unraced_read_again(struct unraced_call *call);
/*
 * Reads a path into a room of UNRACED_PATH_ROOM. Returns its length, or that of the room if there is no NUL, or an
 * error.
 */
long unraced_read_path(u8 *to, u64 pointer);
/*
 * Returns whether the memory at a pointer has another path than was read there. Zeros follow the path up to a full word
 * unless it is truncated; the room is of UNRACED_PATH_ROOM.
 */
bool unraced_path_changed(const u8 *path, u32 length, bool truncated, u64 pointer, u8 *room);
/* Sets CHANGED for each argument whose memory differs from what was read at entry (R2.29). */
void unraced_look_for_changes(struct unraced_scratch *scratch);

#endif
