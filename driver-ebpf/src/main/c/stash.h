/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The stash: at most one call per thread, keyed by tid, validated by the thread's start time, the call and its
 * convention. A path too long for an entry lies whole in a second map, tied to its entry by the time of entry.
 */
#ifndef UNRACED_STASH_H
#define UNRACED_STASH_H

static __always_inline void refuse(struct unraced_counters *row, __u32 tid, const struct call *call)
{
	__u64 thread_start = call->thread_start;

	row->refused++;
	forget_copies(tid);
	bpf_map_update_elem(&refused, &tid, &thread_start, BPF_ANY);
}

/* Whether the stash refused the call that this thread returns from. Asked once. */
static __always_inline bool was_refused(__u32 tid, __u64 thread_start)
{
	__u64 *remembered = bpf_map_lookup_elem(&refused, &tid);
	bool was = remembered && *remembered == thread_start;

	if (remembered)
		bpf_map_delete_elem(&refused, &tid);
	return was;
}

/* Both halves: a long path left behind would hold its room for good, as nobody else looks for it. */
static __always_inline void drop_stale(struct unraced_counters *row, __u32 tid)
{
	if (!bpf_map_delete_elem(&stash, &tid))
		row->stale++;
	bpf_map_delete_elem(&long_stash, &tid);
	forget_copies(tid);
}

static __always_inline void stash_put(struct unraced_counters *row, __u32 tid, struct long_call *from)
{
	bool is_long = from->call.length > INLINE_BYTES;
	long error;

	if (is_long && bpf_map_update_elem(&long_stash, &tid, from, BPF_ANY)) {
		/* The return must not find the entry of an earlier call. */
		drop_stale(row, tid);
		refuse(row, tid, &from->call);
		return;
	}
	error = bpf_map_update_elem(&stash, &tid, from, BPF_NOEXIST);
	if (error == -EEXIST) {
		/* The return of an earlier call was missed, or the thread died unseen and its id came back. */
		row->stale++;
		if (!is_long)
			bpf_map_delete_elem(&long_stash, &tid);
		bpf_map_delete_elem(&stash, &tid);
		error = bpf_map_update_elem(&stash, &tid, from, BPF_ANY);
	}
	if (!error) {
		row->puts++;
		return;
	}
	refuse(row, tid, &from->call);
	if (is_long)
		bpf_map_delete_elem(&long_stash, &tid);
}

/* The call's own entry, or null. The entry stays until stash_drop. */
static __always_inline struct call *stash_find(struct unraced_counters *row, __u32 tid, __u64 thread_start,
					       __u8 syscall, __u8 abi)
{
	struct call *call = bpf_map_lookup_elem(&stash, &tid);

	if (call && (call->thread_start != thread_start || call->syscall != syscall || call->abi != abi)) {
		drop_stale(row, tid);
		return 0;
	}
	return call;
}

static __always_inline const __u8 *stash_bytes(const struct call *call, __u32 tid)
{
	struct long_call *whole;

	if (call->length <= INLINE_BYTES)
		return call->bytes;
	if (call->elsewhere) {
		whole = copy_of(call, tid);
		return whole ? whole->call.bytes : 0;
	}
	whole = bpf_map_lookup_elem(&long_stash, &tid);
	return whole && whole->call.enter_ns == call->enter_ns ? whole->call.bytes : 0;
}

static __always_inline void stash_drop(struct unraced_counters *row, __u32 tid, bool is_long)
{
	row->takes++;
	bpf_map_delete_elem(&stash, &tid);
	if (is_long)
		bpf_map_delete_elem(&long_stash, &tid);
}

#endif
