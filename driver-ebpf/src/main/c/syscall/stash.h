/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The stash holds at most one call per thread. It is keyed by tid and validated by the thread's start time, the call
 * and its convention (R4.1). It is not keyed by memory, which a child of vfork(2) has in common with its parent (R4.3).
 * A path too long for an entry is stored whole in a second map, and the time of entry ties the two (R5.3). Only the
 * thread itself touches its entry, and its programs never run at the same time.
 */
#ifndef UNRACED_SYSCALL_STASH_H
#define UNRACED_SYSCALL_STASH_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "kernelcopy/maps.h"
#include "lib/control.h"
#include "lib/maps.h"
#include "lib/thread_bits.h"
#include "object/socket_acts.h"

static __always_inline void refuse(struct unraced_control *shared, struct unraced_counters *stats, __u32 tid,
				   const struct call *call)
{
	struct refusal refusal = { .thread_start = call->thread_start,
				   .filters = call->filters,
				   .mitigation = call->mitigation };

	stats->refused++;
	shared->refusals = 1;
	delete_copies(tid);
	if (bpf_map_update_elem(&refused, &tid, &refusal, BPF_ANY))
		set_bit(&forgotten, tid);
	acts_end(call);
}

static __always_inline bool is_refusal_of(const struct refusal *remembered, __u64 thread_start)
{
	return remembered && remembered->thread_start == thread_start;
}

/* Returns whether the stash refused the call that this thread is in. */
static __always_inline bool is_refused(__u32 tid, __u64 thread_start)
{
	return is_refusal_of(bpf_map_lookup_elem(&refused, &tid), thread_start);
}

/*
 * Returns whether the stash refused the call that this thread returns from, and forgets the refusal. "of" then becomes
 * the refusal.
 */
static __always_inline bool was_refused(__u32 tid, __u64 thread_start, struct refusal *of)
{
	struct refusal *remembered = bpf_map_lookup_elem(&refused, &tid);
	bool was = is_refusal_of(remembered, thread_start);

	if (was && remembered)
		*of = *remembered;
	if (remembered)
		bpf_map_delete_elem(&refused, &tid);
	return was;
}

/*
 * Slots are an array, indexed by a hash of the thread's id without a helper call, which would cost more than all the
 * rest. Calls that find no free slot go to a hash map, so the stash has its configured size for any thread ids.
 */
static __always_inline __u32 first_slot(const struct unraced_control *shared, __u32 tid)
{
	/* Multiplying by the golden ratio spreads consecutive ids. */
	return ((tid * 0x9e3779b97f4a7c15ull) >> 32) & shared->slot_mask & ~(SLOT_CHOICES - 1);
}

static __always_inline struct slot *slot_at(__u32 first, __u32 choice)
{
	__u32 at = first + choice;

	return bpf_map_lookup_elem(&slots, &at);
}

static __always_inline struct slot *slot_in_array(const struct unraced_control *shared, __u32 tid)
{
	__u32 first = first_slot(shared, tid);
	struct slot *slot = slot_at(first, 0);

	if (slot && slot->tid == tid)
		return slot;
	for (int choice = 1; choice < SLOT_CHOICES; choice++) {
		slot = slot_at(first, choice);
		if (slot && slot->tid == tid)
			return slot;
	}
	return 0;
}

/* Returns the thread's occupied slot, or null. A thread with a slot of its own uses no other. */
static __always_inline struct slot *slot_of(const struct unraced_control *shared, struct task_struct *task)
{
	if (shared->task_storage) {
		struct slot *own = bpf_task_storage_get(&own_slots, task, 0, 0);

		if (own)
			return own->tid ? own : 0;
	}
	return slot_in_array(shared, task->pid);
}

/* Counts a new call. Returns false when the stash is full (R7.1). */
static __always_inline bool admit(struct unraced_control *shared)
{
	if (*(const volatile __u32 *)&shared->stashed >= shared->stash_entries)
		return 0;
	if (__sync_fetch_and_add(&shared->stashed, 1) < shared->stash_entries)
		return 1;
	__sync_fetch_and_add(&shared->stashed, -1);
	return 0;
}

/*
 * Returns the thread's own slot, which it keeps for life. At most stash_entries threads have one, so memory is bounded.
 */
static __always_inline struct slot *own_slot(struct unraced_control *shared, struct task_struct *task)
{
	struct slot *own = bpf_task_storage_get(&own_slots, task, 0, 0);

	if (own)
		return own;
	if (__sync_fetch_and_add(&shared->owners, 1) < shared->stash_entries)
		own = bpf_task_storage_get(&own_slots, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!own)
		__sync_fetch_and_add(&shared->owners, -1);
	return own;
}

static __always_inline struct slot *take_slot(struct unraced_control *shared, struct task_struct *task)
{
	__u32 tid = task->pid, first;

	if (shared->task_storage) {
		struct slot *own = own_slot(shared, task);

		if (own) {
			own->tid = tid;
			return own;
		}
	}
	first = first_slot(shared, tid);
	for (int choice = 0; choice < SLOT_CHOICES; choice++) {
		struct slot *slot = slot_at(first, choice);

		if (slot && !slot->tid && !__sync_val_compare_and_swap(&slot->tid, 0, tid))
			return slot;
	}
	return 0;
}

/* Returns the thread's entry, which may be of another call, or null. */
static __always_inline struct call *stash_entry(const struct unraced_control *shared, struct task_struct *task)
{
	struct slot *slot = slot_of(shared, task);
	__u32 tid = task->pid;

	if (slot)
		return &slot->call;
	return shared->spilled ? bpf_map_lookup_elem(&stash, &tid) : 0;
}

/*
 * Removes the thread's entry and returns whether it had one. A long path must go, too, since no other code would free
 * it, and so must what a connect has begun to count.
 */
static __always_inline bool stash_remove(struct unraced_control *shared, struct task_struct *task, bool is_long)
{
	struct slot *slot = slot_of(shared, task);
	__u32 tid = task->pid;
	struct call *spilled;

	if (is_long)
		bpf_map_delete_elem(&long_stash, &tid);
	if (slot) {
		acts_end(&slot->call);
		/* This atomic write publishes the earlier writes to the next thread that takes the slot. */
		__sync_lock_test_and_set(&slot->tid, 0);
	} else {
		spilled = shared->spilled ? bpf_map_lookup_elem(&stash, &tid) : 0;
		if (!spilled)
			return 0;
		acts_end(spilled);
		if (bpf_map_delete_elem(&stash, &tid))
			return 0;
		__sync_fetch_and_add(&shared->spilled, -1);
	}
	__sync_fetch_and_add(&shared->stashed, -1);
	return 1;
}

/*
 * Counts a return that no program saw. At the kernel's functions every call returns by its function. When a program is
 * attached or detached there, the returns of all calls inside the function are missed (bpf_tramp_image_put() of
 * kernel/bpf/trampoline.c). The entry that such a call left behind shows it.
 */
static __always_inline void count_unseen_return(struct unraced_counters *stats)
{
#ifdef AT_FUNCTIONS
	stats->returned++;
	stats->unfinished++;
#endif
}

static __always_inline void remove_stale(struct unraced_control *shared, struct unraced_counters *stats,
				       struct task_struct *task)
{
	if (stash_remove(shared, task, 1)) {
		stats->stale++;
		count_unseen_return(stats);
	}
	delete_copies(task->pid);
}

/*
 * Removes the entry of an earlier call, whose return was missed or whose thread died unseen before its id was reused.
 * thread_exit() removes those of threads whose death was seen. A thread that calls exec takes over the id and the start
 * time of its group's leader, so these do not tell the two apart: only removal and replacement keep R4.2.
 */
static __always_inline void replace_earlier(struct unraced_control *shared, struct unraced_counters *stats,
					    struct task_struct *task)
{
	if (stash_entry(shared, task))
		remove_stale(shared, stats, task);
#ifdef AT_FUNCTIONS
	if (shared->refusals) {
		struct refusal of;

		if (was_refused(task->pid, task->start_boottime, &of))
			count_unseen_return(stats);
	}
#endif
}

/* Returns a slot for the call that enters, or null. The thread has no entry of an earlier call. */
static __always_inline struct slot *stash_begin(struct unraced_control *shared, struct task_struct *task)
{
	struct slot *slot;

	if (!admit(shared))
		return 0;
	slot = take_slot(shared, task);
	if (!slot)
		__sync_fetch_and_add(&shared->stashed, -1);
	return slot;
}

/* Stores a call that was built in the scratch area. The thread has no entry of an earlier call. */
static __always_inline void stash_put(struct unraced_control *shared, struct unraced_counters *stats,
				      struct task_struct *task, struct long_call *from)
{
	bool is_long = from->call.length > INLINE_BYTES;
	__u32 tid = task->pid;

	if (!admit(shared)) {
		refuse(shared, stats, tid, &from->call);
		return;
	}
	if (!is_long || !bpf_map_update_elem(&long_stash, &tid, from, BPF_ANY)) {
		if (!bpf_map_update_elem(&stash, &tid, from, BPF_ANY)) {
			__sync_fetch_and_add(&shared->spilled, 1);
			stats->puts++;
			return;
		}
		if (is_long)
			bpf_map_delete_elem(&long_stash, &tid);
	}
	__sync_fetch_and_add(&shared->stashed, -1);
	refuse(shared, stats, tid, &from->call);
}

/* Returns the call's own entry, or null. The entry stays until stash_take(). */
static __always_inline struct call *stash_find(struct unraced_control *shared, struct unraced_counters *stats,
					       struct task_struct *task, __u8 syscall, __u8 abi)
{
	struct call *call = stash_entry(shared, task);

	if (call && (call->thread_start != task->start_boottime || call->syscall != syscall || call->abi != abi)) {
		remove_stale(shared, stats, task);
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

static __always_inline void stash_take(struct unraced_control *shared, struct unraced_counters *stats,
				       struct task_struct *task, bool is_long)
{
	stats->takes++;
	stash_remove(shared, task, is_long);
}

#endif
