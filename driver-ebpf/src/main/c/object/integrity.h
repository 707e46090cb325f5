/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file judges the integrity of the requested path (R2.15) or address (R2.16). CHANGED: the memory differs between
 * entry and return. MATCH: a proof shows that it names the object of the call. DIFFERS: it does not name that object.
 * UNCHECKED: neither is certain.
 */
#ifndef UNRACED_OBJECT_INTEGRITY_H
#define UNRACED_OBJECT_INTEGRITY_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/address.h"
#include "unraced/arguments.h"
#include "unraced/compare.h"
#include "unraced/evidence.h"
#include "unraced/record.h"
#include "lib/core_access.h"
#include "lib/maps.h"
#include "object/descriptor.h"
#include "object/resolved.h"
#include "path/validation.h"
#include "path/walk.h"
#include "syscall/arguments.h"

static __always_inline struct unraced_comparison with_requested(struct builder *builder, struct walk *scratch,
								const struct unraced_slice *requested)
{
	/* The requested bytes are the first thing in the tail. */
	struct unraced_comparison to = { .requested = builder->tail, .other = scratch->bytes,
					 .length = requested->length };

	if (to.length > UNRACED_PATH_MAX)
		to.length = UNRACED_PATH_MAX;
	return to;
}

/*
 * Returns whether a path of fewer than SHORT_BYTES bytes, with its NUL, is unchanged. Reading it needs no helper for
 * strings, which would take longer.
 */
static __always_inline bool short_path_holds(struct builder *builder, struct walk *scratch, const struct call *call,
					     __u32 length)
{
	__u64 difference = 0;

	if (length >= SHORT_BYTES || bpf_probe_read_user(scratch->bytes, in_short(length) + 1, (void *)call->pointer))
		return 0;
	#pragma unroll
	for (int word = 0; word < SHORT_BYTES / 8; word++) {
		/* The comparison includes the NUL, as zeros follow the requested path. */
		__u64 mask = bytes_within(length + 1, word);

		difference |= (((const __u64 *)builder->tail)[word] ^ ((const __u64 *)scratch->bytes)[word]) & mask;
	}
	return !difference;
}

static __always_inline bool path_changed(struct builder *builder, struct walk *scratch, const struct call *call,
					 const struct unraced_slice *requested)
{
	struct unraced_comparison to = with_requested(builder, scratch, requested);
	long size;

	if (short_path_holds(builder, scratch, call, to.length))
		return 0;
	size = bpf_probe_read_user_str(scratch->bytes, READ_BYTES, (void *)call->pointer);
	if (size < 0)
		return 0;
	if ((size > 0 ? size - 1 : 0) != to.length)
		return 1;
	return !unraced_same_bytes(&to);
}

static __always_inline bool address_changed(struct builder *builder, struct walk *scratch, const struct call *call,
					    const struct unraced_slice *requested)
{
	struct unraced_comparison to = with_requested(builder, scratch, requested);

	if (!to.length || bpf_probe_read_user(scratch->bytes, in_a_byte(to.length), (void *)call->pointer))
		return 0;
	return !unraced_same_bytes(&to);
}

static __always_inline bool block_changed(const struct call *call)
{
	__u32 block[3];

	if (bpf_probe_read_user(block, sizeof(block), (void *)call->connecting.block))
		return 0;
	return unraced_block_differs(block, call->fd, call->pointer, call->addrlen);
}

/*
 * Compares the caller's memory with the copy from entry (R2.29). A change that is undone before the return goes unseen.
 */
static __always_inline void look_for_changed_path(struct builder *builder, const struct call *call)
{
	struct unraced_record *record = &builder->record;
	struct walk *scratch = SCRATCH(walk_scratch);

	if (!scratch || record->provenance != UNRACED_PROVENANCE_ENTER)
		return;
	if (path_changed(builder, scratch, call, &record->open.path))
		record->integrity = UNRACED_INTEGRITY_CHANGED;
	if (call->syscall == UNRACED_OPENAT2 && record->how_provenance == UNRACED_PROVENANCE_ENTER &&
	    unraced_how_changed(call->how_pointer, call->how_size, call->flags, call->mode, call->resolve))
		record->how_integrity = UNRACED_INTEGRITY_CHANGED;
}

/* Does the same for the address of a connect. */
static __always_inline void look_for_changed_address(struct builder *builder, const struct call *call)
{
	struct unraced_record *record = &builder->record;
	struct walk *scratch = SCRATCH(walk_scratch);

	if (scratch && record->provenance == UNRACED_PROVENANCE_ENTER &&
	    address_changed(builder, scratch, call, &record->connect.address))
		record->integrity = UNRACED_INTEGRITY_CHANGED;
}

static __always_inline bool is_absolute(const struct builder *builder)
{
	return builder->record.open.path.length && builder->tail[0] == '/';
}

static __always_inline __u8 judge_path(struct builder *builder, struct walk *walk, struct file *file)
{
	struct unraced_record *record = &builder->record;
	bool found = walk->validation.state == START_FOUND;
	struct unraced_comparison to;

	if ((record->flags & UNRACED_TRUNCATED) || unraced_way_is_unknown(walk->flags, found, walk->validation.spent))
		return UNRACED_INTEGRITY_UNCHECKED;
	to = with_requested(builder, walk, &record->open.path);
	if (!unraced_way_leads(to.length, found, walk->validation.overmounted, walk->flags) ||
	    unraced_judge_names(&to, walk->validation.position, WALK_BYTES, is_absolute(builder), is_directory(file)) !=
		    UNRACED_INTEGRITY_MATCH)
		return UNRACED_INTEGRITY_DIFFERS;
	return unraced_way_is_doubtful(walk->flags) ? UNRACED_INTEGRITY_UNCHECKED : UNRACED_INTEGRITY_MATCH;
}

/*
 * Judges the address of the record under construction by that of the peer. "device" is the one that the socket was
 * bound to before the call. Two places call this function, which takes the kernel long to verify.
 */
__noinline int judge_address(__u32 device)
{
	struct builder *builder = SCRATCH(record_scratch);
	struct walk *scratch = SCRATCH(walk_scratch);
	struct unraced_record *record;
	struct unraced_slice *peer;
	struct unraced_comparison to;
	__u32 at;

	if (!builder || !scratch)
		return UNRACED_INTEGRITY_UNCHECKED;
	record = &builder->record;
	peer = &record->connect.remote;
	at = (peer->offset - sizeof(*record)) & (TAIL_BYTES - 1);
	if (!unraced_have_families(record->connect.address.length, peer->length))
		return UNRACED_INTEGRITY_UNCHECKED;
	to = with_requested(builder, scratch, &record->connect.address);
	to.end = peer->length;
	bpf_probe_read_kernel(scratch->bytes, in_a_byte(peer->length), &builder->tail[at]);
	return unraced_judge_by_peer(&to, device, record->provenance == UNRACED_PROVENANCE_KERNEL);
}

#endif
