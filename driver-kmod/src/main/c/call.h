/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * A call in progress: the record as far as it is known, and what completes it. Built in an area that belongs to one CPU,
 * kept in the stash between entry and return. Nothing in it is used as a pointer.
 */
#ifndef UNRACED_CALL_H
#define UNRACED_CALL_H

#include "shim.h"
#include "unraced/record.h"

/* Room for two paths, or three addresses. */
#define UNRACED_TAIL_BYTES 8192
#define UNRACED_AT_FDCWD (-100)

/* A mount and a directory in it, by their addresses; zeros when not known or not needed. */
struct unraced_place {
	u64 mount;
	u64 dentry;
};

struct unraced_call {
	u64 pointer;	 /* user address of the path or the socket address */
	u64 how_pointer; /* user address of openat2's struct open_how, or of the block of a socketcall(2) */
	struct unraced_place root;
	struct unraced_place start;
	u32 end;	 /* bytes of the tail in use */
	s32 installed;	 /* the descriptor of the file that the record describes already, or -1 */
	u8 integrity;	 /* whether the switch was on when the call entered */
	u8 silent;	 /* a request whose success nothing tells */
	u8 direct;	 /* a request whose file gets no descriptor */
	u8 proven;	 /* the kernel used the address that was read at entry */
	u8 punted;	 /* an io-wq worker carries the request out, or its submission was missed */
	u8 reserved[3];
	struct unraced_record record;
	u8 tail[UNRACED_TAIL_BYTES];
};

/* uapi/linux/openat2.h, as far as a record has it */
struct unraced_how {
	u64 flags;
	u64 mode;
	u64 resolve;
};

void unraced_call_begin(struct unraced_call *call, u8 syscall, u8 abi, u8 mitigation);
/* Registers cannot change while the call runs, so what they carry is the kernel's own copy. */
void unraced_call_registers(struct unraced_call *call, const u64 *args);

/* Where the next bytes go; there is room for a path. */
static inline u8 *unraced_call_room(struct unraced_call *call)
{
	return call->tail + call->end;
}

/* Takes the bytes that were written to the room, and pads them. */
void unraced_call_append(struct unraced_call *call, struct unraced_slice *slice, u32 length);

/* The argument in memory: path or address. */
static inline struct unraced_slice *unraced_call_claim(struct unraced_call *call)
{
	return call->record.syscall == UNRACED_CONNECT ? &call->record.connect.address : &call->record.open.path;
}

/* The claim, if there is one, is the first thing in the tail. */
static inline bool unraced_call_is_absolute(struct unraced_call *call)
{
	return call->record.open.path.length && call->tail[0] == '/';
}

/* Gives the call's argument back, and what was appended after it. */
void unraced_call_drop_claim(struct unraced_call *call);
/* Puts the kernel's own copy in the claim's place. Says CHANGED when the snapshot was another one. */
void unraced_call_adopt(struct unraced_call *call, const void *copy, u32 length);
/*
 * The kernel's own copy is what was read at entry: nearly always, so without taking anything anew. False, and nothing
 * changed, where that is not so. Of a path the copy ends with a NUL, of an address with its length.
 */
bool unraced_call_confirm_path(struct unraced_call *call, const char *copy);
bool unraced_call_confirm_address(struct unraced_call *call, const void *copy, u32 length);
/* Compares the snapshot with the kernel's own copy: they are equal, or the integrity is CHANGED. */
void unraced_call_compare_address(struct unraced_call *call, const void *copy, u32 length);
void unraced_call_how(struct unraced_call *call, const struct unraced_how *how, u8 provenance);

/* A connect's arguments, from the block of a socketcall(2). */
void unraced_call_block(struct unraced_call *call, const u32 *block, u8 provenance);

/* How much of the call the stash keeps. */
static inline u32 unraced_call_bytes(const struct unraced_call *call)
{
	return offsetof(struct unraced_call, tail) + call->end;
}

/* Sets the record's length, and returns it. */
u32 unraced_call_finish(struct unraced_call *call);

#endif
