/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file follows each execve and execveat from its entry to its end. One that fails makes an event of its own; one
 * that succeeds gives the event of its exec the credentials that the thread had before (R16.10, R16.11).
 *
 * A newer kernel can preempt these programs, so they use no per-CPU area: what they know of a call lies in its entry of
 * the map, which only the thread itself touches.
 */
#ifndef UNRACED_PROCESS_ATTEMPTS_H
#define UNRACED_PROCESS_ATTEMPTS_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "unraced/exec.h"
#include "unraced/image.h"
#include "lib/control.h"
#include "lib/maps.h"
#include "process/describe.h"
#include "process/types.h"
#include "syscall/filter.h"

struct attempt {
	struct unraced_exec exec;
	/* The record of a failed exec, with its path behind. */
	struct unraced_process record;
	__u8 path[READ_BYTES + 8];
};

/*
 * The calls that are under way, by their struct task_struct: an exec by another thread than the first takes over id and
 * start of the first. A call beyond these is read at its return.
 */
#define ATTEMPTS 512
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, ATTEMPTS);
	__type(key, __u64);
	__type(value, struct attempt);
} attempts SEC(".maps");

/* Nobody writes here: new entries are copied from it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct attempt);
} no_attempt SEC(".maps");

/* Returns the call that the task is in, or null. An older entry is of an earlier task in the same memory. */
static __always_inline struct attempt *attempt_of(struct task_struct *task)
{
	__u64 key = (__u64)task;
	struct attempt *attempt = bpf_map_lookup_elem(&attempts, &key);

	return attempt && attempt->exec.enter_ns >= task->start_boottime ? attempt : 0;
}

static __always_inline void drop_attempt(struct task_struct *task)
{
	__u64 key = (__u64)task;

	bpf_map_delete_elem(&attempts, &key);
}

/*
 * Removes the entry of a call whose end no program saw. It failed, since the event of an exec removes its entry; so it
 * is an event that was lost, and has a number of its own, unless the filters leave it out.
 */
static __always_inline void lose_attempt(struct unraced_counters *stats, struct task_struct *task)
{
	__u64 key = (__u64)task;
	struct attempt *attempt = bpf_map_lookup_elem(&attempts, &key);
	bool unlisted = attempt && attempt->exec.unlisted;

	if (!attempt || bpf_map_delete_elem(&attempts, &key) || unlisted)
		return;
	__sync_fetch_and_add(&stats->process_sequence, 1);
	__sync_fetch_and_add(&stats->unfinished, 1);
}

/*
 * Returns whether the thread ends by an exec that failed when the old image was gone, and forgets that. The kernel
 * counts such an exec, but the process ran no other image than the one that called, which is stored.
 */
static __always_inline bool end_aborted(struct task_struct *task, __u32 *image)
{
	struct attempt *attempt = attempt_of(task);

	if (!attempt || !attempt->exec.has_failed)
		return 0;
	*image = attempt->exec.exec_id;
	drop_attempt(task);
	return 1;
}

/* Reads the path. Its page may be absent at entry, and may become readable later. */
static __always_inline void read_exec_path(struct attempt *attempt, __u8 provenance)
{
	struct unraced_exec *exec = &attempt->exec;
	long size = bpf_probe_read_user_str(attempt->path, READ_BYTES, (void *)exec->pointer);

	if (size < 0)
		return;
	exec->provenance = provenance;
	/* The size includes the NUL, but older kernels return 0 for an empty string. */
	exec->length = size > 0 ? size - 1 : 0;
	if (size == READ_BYTES) {
		char last = 0;

		if (bpf_probe_read_user(&last, 1, (void *)(exec->pointer + UNRACED_PATH_MAX)) || last)
			exec->flags |= UNRACED_TRUNCATED;
	}
}

/*
 * Two parts of this size lie on the stack. Before Linux 6.13, a program's functions that are under way have 512 bytes
 * of stack together, and exec_returns() needs most of them.
 */
#define CHUNK 32

/* A path that is compared with what its memory has now, or with the kernel's copy. */
struct comparing {
	const struct attempt *attempt;
	const __u8 *copy; /* null for its memory */
	__u32 size;
	bool changed;
};

/* Compares a part of it. Returns 1 after the last part, and where nothing can be said. */
static long compare_chunk(__u32 chunk, struct comparing *with)
{
	__u64 then[CHUNK / 8] = {}, now[CHUNK / 8] = {};
	__u32 at = chunk * CHUNK, left = with->size - at;

	if (at > READ_BYTES - CHUNK || at >= with->size)
		return 1;
	if (left > CHUNK)
		left = CHUNK;
	bpf_probe_read_kernel(then, left, &with->attempt->path[at]);
	if (with->copy ? bpf_probe_read_kernel(now, left, with->copy + at) :
			 bpf_probe_read_user(now, left, (void *)(with->attempt->exec.pointer + at)))
		return 1;
	for (int word = 0; word < CHUNK / 8; word++) {
		if (then[word] != now[word]) {
			with->changed = 1;
			return 1;
		}
	}
	return 0;
}

/* Compares the path with what its memory has now. */
static __always_inline __u8 judge_exec_path(const struct attempt *attempt)
{
	/* The NUL belongs to the path, unless the path is longer than an event holds. */
	struct comparing with = {
		.attempt = attempt,
		.size = attempt->exec.length + !(attempt->exec.flags & UNRACED_TRUNCATED),
	};

	bpf_loop(READ_BYTES / CHUNK, compare_chunk, &with, 0);
	return with.changed ? UNRACED_INTEGRITY_CHANGED : UNRACED_INTEGRITY_UNCHECKED;
}

/* Returns whether the snapshot of the path differs from the kernel's copy, which has room behind it. */
static __always_inline bool is_exec_path_changed(const struct attempt *attempt, const __u8 *copy, __u32 length)
{
	struct comparing with = { .attempt = attempt, .copy = copy, .size = length };

	if (!unraced_exec_has_snapshot(&attempt->exec))
		return 0;
	if (attempt->exec.length != length)
		return 1;
	bpf_loop(READ_BYTES / CHUNK, compare_chunk, &with, 0);
	return with.changed;
}

static __always_inline __u64 address_space_of(struct task_struct *task)
{
	return (__u64)KREAD(task, mm);
}

static __always_inline void begin_exec(struct unraced_exec *exec, const struct unraced_control *shared,
				       const struct unraced_exec_registers *from, struct task_struct *task)
{
	unraced_exec_begin(exec, from, current_mode(shared));
	exec->mm = address_space_of(task);
	exec->tid = task->pid;
	exec->exec_id = task->self_exec_id;
}

/* Puts the entry of a call into the map, and returns it, or null where the map is full. */
static __always_inline struct attempt *new_attempt(const struct unraced_control *shared,
						   const struct unraced_exec_registers *from, struct task_struct *task)
{
	struct attempt *attempt = SCRATCH(no_attempt);
	__u64 key = (__u64)task;

	if (!attempt || bpf_map_update_elem(&attempts, &key, attempt, BPF_ANY))
		return 0;
	attempt = bpf_map_lookup_elem(&attempts, &key);
	if (!attempt)
		return 0;
	begin_exec(&attempt->exec, shared, from, task);
	return attempt;
}

static __always_inline void read_credentials(struct unraced_credentials *to, struct task_struct *task)
{
	struct cred *cred = KREAD(task, cred);

	to->uid = KREAD(cred, uid.val);
	to->gid = KREAD(cred, gid.val);
	to->euid = KREAD(cred, euid.val);
	to->egid = KREAD(cred, egid.val);
	to->capabilities = effective_capabilities(cred);
}

/* Handles the entry of a call. The kernel verifies this function once for all its callers. */
__noinline int exec_enters(struct unraced_exec_registers *from)
{
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *stats = own_stats();
	struct task_struct *task = bpf_get_current_task_btf();
	enum unraced_verdict verdict;
	struct attempt *attempt;

	if (!from || !shared || !stats)
		return 0;
	/* No filter may spare an earlier call's entry: it would answer this call's return. */
	lose_attempt(stats, task);
	verdict = filter(shared, current_filters(shared));
	if (!unraced_exec_is_followed(verdict))
		return 0;
	attempt = new_attempt(shared, from, task);
	if (!attempt)
		return 0;
	read_credentials(&attempt->exec.before, task);
	attempt->exec.unlisted = verdict != UNRACED_PASS;
	if (!attempt->exec.unlisted && attempt->exec.mitigation != UNRACED_MITIGATION_OFF)
		read_exec_path(attempt, UNRACED_PROVENANCE_ENTER);
	attempt->exec.enter_ns = bpf_ktime_get_boot_ns();
	return 0;
}

/* Begins the entry of a call that has none yet when it returns. Returns null where the map is full. */
static __always_inline struct attempt *missed_attempt(struct unraced_control *shared,
						      struct unraced_exec_registers *from, struct task_struct *task)
{
	struct attempt *attempt = new_attempt(shared, from, task);

	if (!attempt)
		return 0;
	unraced_exec_missed(&attempt->exec, from->ran, 0);
	return attempt;
}

/* Makes the event of a call for which there is no room. Its path is unknown. */
static __always_inline void send_without_path(struct unraced_counters *stats, struct unraced_control *shared,
					      struct unraced_exec_registers *from, struct task_struct *task,
					      __s64 result)
{
	struct unraced_process record;
	struct unraced_exec exec;

	begin_exec(&exec, shared, from, task);
	unraced_exec_missed(&exec, from->ran, UNRACED_STASH_FULL);
	begin_process(&record, UNRACED_RECORD_EXEC_FAILED, task);
	unraced_exec_failed(&record, &exec, result, UNRACED_INTEGRITY_UNCHECKED);
	send_process(stats, shared, &record, sizeof(record));
}

/* Makes the event of a call that has failed. */
static __always_inline void send_failed(struct unraced_counters *stats, struct unraced_control *shared,
					struct attempt *attempt, struct task_struct *task, __s64 result)
{
	__u8 integrity = UNRACED_INTEGRITY_UNCHECKED;
	__u32 length, size;

	switch (unraced_exec_returned(&attempt->exec, address_space_of(task), shared->integrity)) {
	case UNRACED_EXEC_READ:
		read_exec_path(attempt, UNRACED_PROVENANCE_EXIT);
		break;
	case UNRACED_EXEC_COMPARE:
		integrity = judge_exec_path(attempt);
		break;
	case UNRACED_EXEC_LEAVE:
		break;
	}
	begin_process(&attempt->record, UNRACED_RECORD_EXEC_FAILED, task);
	unraced_exec_failed(&attempt->record, &attempt->exec, result, integrity);
	length = attempt->record.path.length & (READ_BYTES - 1);
	for (int i = 0; i < 8; i++)
		attempt->path[length + i] = 0;
	size = sizeof(attempt->record) + ((length + 7) & ~7u);
	send_process(stats, shared, &attempt->record, size);
}

/* Handles the return of a call. The kernel verifies this function once for all its callers. */
__noinline int exec_returns(struct unraced_exec_registers *from, __s64 result)
{
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *stats = own_stats();
	struct task_struct *task = bpf_get_current_task_btf();
	struct attempt *attempt;

	if (!from || !shared || !stats)
		return 0;
	attempt = attempt_of(task);
	/* The exec has an event of its own, which may have been filtered out. */
	if (unraced_exec_succeeded(from, result)) {
		if (attempt)
			drop_attempt(task);
		return 0;
	}
	if (!attempt) {
		if (filter(shared, current_filters(shared)) != UNRACED_PASS)
			return 0;
		attempt = missed_attempt(shared, from, task);
	}
	if (!attempt) {
		send_without_path(stats, shared, from, task, result);
		return 0;
	}
	if (!attempt->exec.unlisted)
		send_failed(stats, shared, attempt, task, result);
	/* begin_new_exec() of fs/exec.c counts; where the call fails behind it, the kernel ends the process. */
	if (attempt->exec.exec_id != (__u32)task->self_exec_id)
		attempt->exec.has_failed = 1;
	else
		drop_attempt(task);
	return 0;
}

#endif
