/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The programs inside a call leave data in these maps for the program at its return, besides the stash entry. The maps
 * hold copies that do not fit into the stash entry, and the object that the call acted on. A map entry is tied to its
 * call by the start time of the thread and the entry time of the call. The entry time is 0 when the entry was missed.
 */
#ifndef UNRACED_KERNELCOPY_MAPS_H
#define UNRACED_KERNELCOPY_MAPS_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "unraced/record.h"
#include "lib/maps.h"

/*
 * The number of concurrent calls that need more than their stash entry. Each call is short, except connects whose entry
 * was missed.
 */
#define COPIES 384

/* The place of the capture proves that the object is the call's own, so the descriptor is not compared. */
#define ANY_DESCRIPTOR -1

/* The object that a call acted on, as a record describes it. */
struct resolved {
	__u64 thread_start;
	__u64 enter_ns;
	__u32 flags; /* enum unraced_flag */
	__u32 length; /* length of bytes */
	__s32 descriptor; /* the descriptor that the call must return, or ANY_DESCRIPTOR */
	__u32 reserved;
	union {
		struct unraced_open open;
		struct unraced_connect connect;
	};
	__u8 bytes[WALK_BYTES]; /* the start of a record's tail without arguments */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, COPIES);
	__type(key, __u32);
	__type(value, struct long_call);
} copies SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, COPIES);
	__type(key, __u32);
	__type(value, struct resolved);
} resolved_objects SEC(".maps");

static __always_inline void delete_copies(__u32 tid)
{
	bpf_map_delete_elem(&copies, &tid);
	bpf_map_delete_elem(&resolved_objects, &tid);
}

/* The copy that belongs to a call, or null. */
static __always_inline struct long_call *copy_of(const struct call *call, __u32 tid)
{
	struct long_call *copy = bpf_map_lookup_elem(&copies, &tid);

	if (!copy || copy->call.thread_start != call->thread_start || copy->call.enter_ns != call->enter_ns ||
	    copy->call.syscall != call->syscall || copy->call.pointer != call->pointer)
		return 0;
	return copy;
}

/*
 * At the return, a descriptor leads to the call's object only if no other task could change the table. In a shared
 * table, or where the descriptor came from memory, the object must be captured inside the call.
 */
static __always_inline bool needs_resolved(const struct call *call)
{
	return (call->record_flags & UNRACED_FD_TABLE_SHARED) || !call->enter_ns || call->indirect;
}

static __always_inline struct resolved *resolved_of(const struct call *call, __u32 tid, long result)
{
	struct resolved *resolved;

	if (call->mitigation != UNRACED_MITIGATION_KERNEL || !needs_resolved(call))
		return 0;
	resolved = bpf_map_lookup_elem(&resolved_objects, &tid);
	if (!resolved || resolved->thread_start != call->thread_start || resolved->enter_ns != call->enter_ns)
		return 0;
	return resolved->descriptor == ANY_DESCRIPTOR || resolved->descriptor == result ? resolved : 0;
}

/*
 * Completes a call whose entry was missed with the copies from inside it. Returns the bytes of its argument: without a
 * copy, those that were read at the return.
 */
static __always_inline const __u8 *merge_late_copy(struct call *call, __u32 tid)
{
	struct long_call *copy = copy_of(call, tid);

	if (!copy)
		return call->bytes;
	call->mitigation = UNRACED_MITIGATION_KERNEL;
	call->record_flags |= UNRACED_ENTER_MISSED;
	if (copy->call.how_provenance == UNRACED_PROVENANCE_KERNEL) {
		call->flags = copy->call.flags;
		call->mode = copy->call.mode;
		call->resolve = copy->call.resolve;
		call->how_provenance = UNRACED_PROVENANCE_KERNEL;
	}
	if (copy->call.provenance != UNRACED_PROVENANCE_KERNEL)
		return call->bytes;
	call->provenance = UNRACED_PROVENANCE_KERNEL;
	call->verdict = UNRACED_INTEGRITY_MATCH;
	call->length = copy->call.length;
	call->heed = copy->call.heed;
	/* The filter by path looks at the beginning. */
	bpf_probe_read_kernel(call->bytes, INLINE_BYTES, copy->call.bytes);
	call->record_flags &= ~UNRACED_TRUNCATED;
	return copy->call.bytes;
}

#endif
