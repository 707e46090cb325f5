/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file describes a call in progress: the known part of its record, and the state that
 * completes it. A call is built in the scratch memory of a CPU, and kept in the stash between entry
 * and return. Nothing in it is used as a pointer.
 */
#ifndef UNRACED_CALL_CALL_H
#define UNRACED_CALL_CALL_H

#include "lib/shim.h"
#include "unraced/arguments.h"
#include "unraced/evidence.h"
#include "unraced/record.h"

/* This is room for two paths, or three addresses. */
#define UNRACED_TAIL_BYTES 8192

struct unraced_call {
	u64 pointer;	 /* user address of the path or the socket address */
	union {
		u64 how_pointer;   /* user address of openat2's struct open_how */
		u64 block_pointer; /* user address of the arguments of a socketcall(2); 0 for a connect(2) */
	};
	union {
		struct {
			struct unraced_path_base root;
			struct unraced_path_base start;
		};
		/* of a request, which has the kernel's copy of its path; each word more costs every call */
		struct {
			u64 ns;	      /* mount namespace of the submission */
			u64 given_up; /* how often somebody had given up the number of that namespace */
			u64 fs;	      /* fs_struct of the submission */
		};
	};
	u64 base_ns;	 /* when base_count was noted, in nanoseconds of boot time; 0: as the call entered */
	u32 base_count;	 /* changes of root and working directory before they were read */
	u32 end;	 /* bytes of the tail in use */
	u32 filters;	 /* the word of the filters under which the call entered: filter/generations.h */
	s32 installed;	 /* the descriptor of the file that the record describes already, or -1 */
	u8 integrity;	 /* the integrity switch was on when the call entered */
	u8 silent;	 /* a request that posts no completion when it succeeds */
	u8 direct_descriptor; /* a request whose file goes into the ring's own table, and gets no descriptor */
	u8 proven;	 /* the kernel used the address that was read at entry */
	u8 punted;	 /* an io-wq worker carries the request out, or its submission was missed */
	u8 waits;	 /* the request may run after its submission */
	u8 base_held;	 /* nobody else could change root and working directory; the stash has no entry */
	u8 reserved[1];
	struct unraced_record record;
	u8 tail[UNRACED_TAIL_BYTES];
};

void unraced_call_begin(struct unraced_call *call, u8 syscall, u8 abi, u8 mitigation);
/* Registers cannot change while the call runs, so their values are the kernel's own copy. */
void unraced_call_registers(struct unraced_call *call, const __u64 *args);

/* Returns the place for the next bytes; a path fits there. */
static inline u8 *unraced_call_room(struct unraced_call *call)
{
	return call->tail + call->end;
}

/* Takes the bytes that were written to the room, and pads them. */
void unraced_call_append(struct unraced_call *call, struct unraced_slice *slice, u32 length);

/* Returns the argument in memory: the path or the address. */
static inline struct unraced_slice *unraced_call_requested(struct unraced_call *call)
{
	return call->record.syscall == UNRACED_CONNECT ? &call->record.connect.address : &call->record.open.path;
}

/* The requested path or address, if there is one, comes first in the tail. */
static inline bool unraced_call_is_absolute(struct unraced_call *call)
{
	return call->record.open.path.length && call->tail[0] == '/';
}

/* Removes the requested path or address from the tail, with all that follows it. */
void unraced_call_remove_requested(struct unraced_call *call);
/*
 * Puts the kernel's own copy, which is a match, in place of the requested path or address (R2.17, R2.34). Sets CHANGED
 * when the snapshot differs.
 */
void unraced_call_replace_requested(struct unraced_call *call, const void *copy, u32 length);
/*
 * Marks the snapshot as the kernel's own copy if the two are equal, which they nearly always are, so nothing is copied.
 * Otherwise returns false and changes nothing. The copy of a path ends with a NUL; that of an address has a length.
 */
bool unraced_call_confirm_path(struct unraced_call *call, const char *copy);
bool unraced_call_confirm_address(struct unraced_call *call, const void *copy, u32 length);
/* Compares the snapshot with the kernel's own copy, and sets CHANGED if they differ. */
void unraced_call_compare_address(struct unraced_call *call, const void *copy, u32 length);
void unraced_call_how(struct unraced_call *call, const struct unraced_how *how, u8 provenance);

/* Reads a connect's arguments from the block of a socketcall(2). */
void unraced_call_block(struct unraced_call *call, const u32 *block, u8 provenance);

/* The number of bytes of the call that the stash keeps. */
static inline u32 unraced_call_bytes(const struct unraced_call *call)
{
	return offsetof(struct unraced_call, tail) + call->end;
}

/* Sets the record's length, and returns it. */
u32 unraced_call_finish(struct unraced_call *call);

#endif
