/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file merges the kernel's copies into the call's stash entry. A call that fails before the kernel makes a copy
 * keeps its snapshot (R2.35).
 */
#ifndef UNRACED_KERNELCOPY_MERGE_H
#define UNRACED_KERNELCOPY_MERGE_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/arguments.h"
#include "unraced/compare.h"
#include "unraced/record.h"
#include "kernelcopy/context.h"
#include "kernelcopy/maps.h"
#include "lib/core_access.h"
#include "lib/control.h"
#include "lib/maps.h"
#include "path/walk.h"
#include "syscall/arguments.h"
#include "syscall/stash.h"

/*
 * Other code opens files by these functions, too: exec, io_uring, drivers that load firmware. The kernel's copy stores
 * the user's pointer, which is null for the kernel's own names. Kernels from 7.0 on do not store it. There, an open
 * nested in the call's own begins later and returns earlier. So the first open that begins counts, or the last that
 * returns.
 */
static __always_inline bool is_path_of(const struct call *call, __u64 passed)
{
	if (!call->pointer)
		return 0;
	return !bpf_core_field_exists(struct filename, uptr) || passed == call->pointer;
}

static __always_inline __u32 copy_path(struct copy_scratch *scratch, const char *name)
{
	long size = bpf_probe_read_kernel_str(scratch->fresh.call.bytes, READ_BYTES, name);

	return size > 0 ? size - 1 : 0;
}

static __always_inline __u32 copy_address(struct copy_scratch *scratch, const void *address, int addrlen)
{
	__u32 length = addrlen < 0 ? 0 : addrlen > UNRACED_ADDRESS_MAX ? UNRACED_ADDRESS_MAX : addrlen;

	bpf_probe_read_kernel(scratch->fresh.call.bytes, in_a_byte(length), address);
	return length;
}

static __always_inline bool same_as(struct copy_scratch *scratch, const __u8 *snapshot, __u32 length)
{
	struct unraced_comparison to = { .requested = scratch->fresh.call.bytes, .other = scratch->walk.bytes,
					 .length = length };

	return !bpf_probe_read_kernel(scratch->walk.bytes, unraced_masked(length), snapshot) && unraced_same_bytes(&to);
}

/* Stores the copy's bytes where the return program looks for them. */
static __always_inline bool keep_bytes(struct copy_context *in, __u32 length)
{
	struct long_call *fresh = &in->scratch->fresh, *whole;
	struct call *call = in->call;
	bool was_long = call->length > INLINE_BYTES;

	if (length <= INLINE_BYTES) {
		bpf_probe_read_kernel(call->bytes, INLINE_BYTES, fresh->call.bytes);
		if (was_long)
			bpf_map_delete_elem(&long_stash, &in->tid);
		return 1;
	}
	/* The filter by path looks at the beginning, which is here. */
	bpf_probe_read_kernel(call->bytes, INLINE_BYTES, fresh->call.bytes);
	whole = was_long ? bpf_map_lookup_elem(&long_stash, &in->tid) : 0;
	if (whole && whole->call.enter_ns == call->enter_ns)
		return !bpf_probe_read_kernel(whole->call.bytes, READ_BYTES, fresh->call.bytes);
	fresh->call.thread_start = call->thread_start;
	fresh->call.enter_ns = call->enter_ns;
	fresh->call.syscall = call->syscall;
	fresh->call.pointer = call->pointer;
	if (bpf_map_update_elem(&copies, &in->tid, fresh, BPF_ANY))
		return 0;
	call->elsewhere = 1;
	return 1;
}

/*
 * Replaces the snapshot from entry by the kernel's copy (R2.34). Without room for a differing copy, the snapshot stays
 * with the verdict CHANGED.
 */
static __always_inline void merge_copy(struct copy_context *in, __u32 length)
{
	struct call *call = in->call;
	const __u8 *snapshot = 0;
	bool same;

	if (call->provenance == UNRACED_PROVENANCE_ENTER)
		snapshot = stash_bytes(call, in->tid);
	same = snapshot && call->length == length && same_as(in->scratch, snapshot, length);
	call->verdict = snapshot && !same ? UNRACED_INTEGRITY_CHANGED : UNRACED_INTEGRITY_UNCHECKED;
	if (!same && !keep_bytes(in, length))
		return;
	if (call->verdict != UNRACED_INTEGRITY_CHANGED)
		call->verdict = UNRACED_INTEGRITY_MATCH;
	if (call->provenance == UNRACED_PROVENANCE_NONE && !call->unread)
		call->record_flags |= UNRACED_FAULTED;
	call->record_flags &= ~UNRACED_TRUNCATED;
	call->provenance = UNRACED_PROVENANCE_KERNEL;
	call->length = length;
}

/*
 * Copies a name into the entry, and returns its length; INLINE_BYTES when it is too long for it or cannot be read. The
 * kernel has room for PATH_MAX bytes at each name, so the words of a short one can be read beyond its end.
 */
static __always_inline __u32 copy_short_name(struct call *call, const char *name)
{
	long size;

	if (bpf_ksym_exists(bpf_rdonly_cast)) {
		__u64 *words = (void *)call->bytes;
		__u32 length;

		#pragma unroll
		for (int word = 0; word < SHORT_BYTES / 8; word++)
			words[word] = KREAD_WORD((__u64)name + 8 * word);
		length = short_length(call->bytes);
		if (length < SHORT_BYTES)
			return length;
	}
	size = bpf_probe_read_kernel_str(call->bytes, INLINE_BYTES, name);
	/* A string that fills the entry may go on. */
	if (size < 0 || size == INLINE_BYTES)
		return INLINE_BYTES;
	return size > 0 ? size - 1 : 0;
}

/* Puts the kernel's copy of a path where there is no snapshot. Returns false when only merge_copy() can do it. */
static __always_inline bool put_copy(struct call *call, const char *name)
{
	__u32 length;

	if (!call->unread || call->provenance != UNRACED_PROVENANCE_NONE)
		return 0;
	length = copy_short_name(call, name);
	if (length == INLINE_BYTES)
		return 0;
	call->provenance = UNRACED_PROVENANCE_KERNEL;
	call->verdict = UNRACED_INTEGRITY_MATCH;
	call->length = length;
	return 1;
}

/*
 * sys_openat2() of fs/open.c sets O_LARGEFILE in its copy. The snapshot shows whether the caller had set the flag;
 * without a snapshot it is cleared (R2.11).
 */
static __always_inline void merge_how(struct call *call, const struct unraced_how *how)
{
	bool snapshot = call->how_provenance == UNRACED_PROVENANCE_ENTER;
	__u64 flags = how->flags & ~O_LARGEFILE;
	bool changed = snapshot && ((call->flags & ~O_LARGEFILE) != flags || call->mode != how->mode ||
				    call->resolve != how->resolve);

	if (call->how_provenance == UNRACED_PROVENANCE_NONE && call->enter_ns)
		call->record_flags |= UNRACED_FAULTED;
	if (!snapshot || changed)
		call->flags = flags;
	call->mode = how->mode;
	call->resolve = how->resolve;
	call->how_provenance = UNRACED_PROVENANCE_KERNEL;
	call->how_verdict = changed ? UNRACED_INTEGRITY_CHANGED : UNRACED_INTEGRITY_MATCH;
}

#endif
