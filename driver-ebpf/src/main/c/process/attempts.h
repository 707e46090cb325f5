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
#include "object/descriptor.h"
#include "path/base.h"
#include "process/describe.h"
#include "process/types.h"
#include "syscall/filter.h"

/*
 * The calls that are under way, by their struct task_struct: an exec by another thread than the first takes over id and
 * start of the first. A call beyond these is read at its return.
 */
#define ATTEMPTS 4096
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, ATTEMPTS);
	__type(key, __u64);
	__type(value, struct unraced_exec);
} attempts SEC(".maps");

/* The record of a failed exec, with its path behind. */
struct attempt_path {
	struct unraced_process record;
	__u8 bytes[READ_BYTES + 8];
};

/* The paths of those calls, as far as there is room. The path of a call beyond these is read at its return. */
#define ATTEMPT_PATHS 256
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, ATTEMPT_PATHS);
	__type(key, __u64);
	__type(value, struct attempt_path);
} attempt_paths SEC(".maps");

/* Nobody writes here: new entries are copied from these. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct unraced_exec);
} no_attempt SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct attempt_path);
} no_path SEC(".maps");

/*
 * The records of calls without room for a path, while their events are made: on the stack such a record would leave too
 * little for the functions that send it.
 */
#define SPARE_RECORDS 64
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SPARE_RECORDS);
	__type(key, __u64);
	__type(value, struct unraced_process);
} spare_records SEC(".maps");

/* Returns the call that the task is in, or null. An older entry is of an earlier task in the same memory. */
static __always_inline struct unraced_exec *attempt_of(struct task_struct *task)
{
	__u64 key = (__u64)task;
	struct unraced_exec *exec = bpf_map_lookup_elem(&attempts, &key);

	return exec && exec->enter_ns >= task->start_boottime ? exec : 0;
}

/* Returns whether there was an entry. */
static __always_inline bool drop_attempt(struct task_struct *task)
{
	__u64 key = (__u64)task;

	bpf_map_delete_elem(&attempt_paths, &key);
	return !bpf_map_delete_elem(&attempts, &key);
}

/* Counts an event that is not made. It has a number of its own. */
static __always_inline void count_unfinished(struct unraced_counters *stats)
{
	__sync_fetch_and_add(&stats->process_sequence, 1);
	__sync_fetch_and_add(&stats->unfinished, 1);
}

/*
 * Removes the entry of a call whose end no program saw. It failed, since the event of an exec removes its entry; so it
 * is an event that was lost, and has a number of its own, unless the filters leave it out.
 */
static __always_inline void lose_attempt(struct unraced_counters *stats, struct task_struct *task)
{
	__u64 key = (__u64)task;
	struct unraced_exec *exec = bpf_map_lookup_elem(&attempts, &key);
	bool unlisted = exec && exec->unlisted;

	if (exec && drop_attempt(task) && !unlisted)
		count_unfinished(stats);
}

/*
 * Returns whether the thread ends by an exec that failed when the old image was gone, and forgets that. The kernel
 * counts such an exec, but the process ran no other image than the one that called, which is stored, as is whether the
 * filters leave that out.
 */
static __always_inline bool end_aborted(struct task_struct *task, __u32 *image, bool *unlisted)
{
	struct unraced_exec *exec = attempt_of(task);

	if (!exec || !exec->has_failed)
		return 0;
	*image = exec->exec_id;
	*unlisted = exec->unlisted;
	drop_attempt(task);
	return 1;
}

static __always_inline struct attempt_path *path_of(struct task_struct *task)
{
	__u64 key = (__u64)task;

	return bpf_map_lookup_elem(&attempt_paths, &key);
}

/* Returns room for the path of a call, or null where there is none. */
static __always_inline struct attempt_path *new_path(struct task_struct *task)
{
	struct attempt_path *path = SCRATCH(no_path);
	__u64 key = (__u64)task;

	return path && !bpf_map_update_elem(&attempt_paths, &key, path, BPF_ANY) ? path_of(task) : 0;
}

/* Reads the path. Its page may be absent at entry, and may become readable later. */
static __always_inline void read_exec_path(struct unraced_exec *exec, struct attempt_path *path, __u8 provenance)
{
	long size = bpf_probe_read_user_str(path->bytes, READ_BYTES, (void *)exec->pointer);

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
	const struct attempt_path *path;
	const __u8 *copy; /* null for its memory */
	__u64 pointer;
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
	bpf_probe_read_kernel(then, left, &with->path->bytes[at]);
	if (with->copy ? bpf_probe_read_kernel(now, left, with->copy + at) :
			 bpf_probe_read_user(now, left, (void *)(with->pointer + at)))
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
static __always_inline __u8 judge_exec_path(const struct unraced_exec *exec, const struct attempt_path *path)
{
	/* The NUL belongs to the path, unless the path is longer than an event holds. */
	struct comparing with = {
		.path = path,
		.pointer = exec->pointer,
		.size = exec->length + !(exec->flags & UNRACED_TRUNCATED),
	};

	bpf_loop(READ_BYTES / CHUNK, compare_chunk, &with, 0);
	return with.changed ? UNRACED_INTEGRITY_CHANGED : UNRACED_INTEGRITY_UNCHECKED;
}

/* Returns whether the snapshot of the path differs from the kernel's copy, which has room behind it. */
static __always_inline bool is_exec_path_changed(const struct unraced_exec *exec, struct task_struct *task,
						 const __u8 *copy, __u32 length)
{
	struct comparing with = { .path = path_of(task), .copy = copy, .size = length };

	if (!with.path || !unraced_exec_has_snapshot(exec))
		return 0;
	if (exec->length != length)
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

/* Returns whether a path may start in another mount namespace than the one with this number. */
static __always_inline bool start_is_elsewhere(const struct unraced_exec *exec, struct task_struct *task, __u32 own)
{
	struct fs_struct *fs = KREAD(task, fs);
	struct file *directory;
	__u32 ignored = 0;

	if (!fs || !own)
		return 0;
	/* Only the kernel's copy tells that a path is absolute, and that of an interpreter can be relative. */
	if (is_mounted_elsewhere(KREAD(fs, root.mnt), own) || is_mounted_elsewhere(KREAD(fs, pwd.mnt), own))
		return 1;
	if (exec->dirfd == UNRACED_AT_FDCWD)
		return 0;
	directory = file_of(task, exec->dirfd, &ignored);
	return directory && is_mounted_elsewhere(KREAD(directory, f_path.mnt), own);
}

/*
 * Returns whether the kernel resolved the path of a call in another mount namespace than the thread's, or may have
 * (R2.46). What the entry saw stays in the flags, since the exec closes descriptors.
 */
static __always_inline bool exec_starts_elsewhere(const struct unraced_exec *exec, struct task_struct *task, __u32 own)
{
	struct fs_struct *fs = KREAD(task, fs);

	if (!exec || !fs || (exec->flags & UNRACED_FOREIGN_MOUNT_NS) || start_is_elsewhere(exec, task, own))
		return 1;
	/* A base of the thread's own has not changed since an entry that was not seen. */
	if (!exec->enter_ns)
		return !bpf_core_field_exists(fs->users) || KREAD(fs, users) != 1;
	return unraced_base_may_have_changed(exec->base_count, changes_of_base(fs), exec->enter_ns,
					     bpf_ktime_get_boot_ns());
}

/* Puts the entry of a call into the map, and returns it, or null where the map is full. */
static __always_inline struct unraced_exec *new_attempt(const struct unraced_control *shared,
							const struct unraced_exec_registers *from,
							struct task_struct *task)
{
	struct unraced_exec *exec = SCRATCH(no_attempt);
	__u64 key = (__u64)task;

	if (!exec || bpf_map_update_elem(&attempts, &key, exec, BPF_ANY))
		return 0;
	exec = bpf_map_lookup_elem(&attempts, &key);
	if (!exec)
		return 0;
	begin_exec(exec, shared, from, task);
	return exec;
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
	struct attempt_path *path;
	struct unraced_exec *exec;
	struct fs_struct *fs;

	if (!from || !shared || !stats)
		return 0;
	/* No filter may spare an earlier call's entry: it would answer this call's return. */
	lose_attempt(stats, task);
	verdict = filter(shared, current_filters(shared));
	if (!unraced_exec_is_followed(verdict))
		return 0;
	exec = new_attempt(shared, from, task);
	if (!exec)
		return 0;
	read_credentials(&exec->before, task);
	fs = KREAD(task, fs);
	exec->base_count = fs ? changes_of_base(fs) : 1;
	/* The count must be read before the places. */
	load_barrier(&exec->pointer);
	if (start_is_elsewhere(exec, task, mount_namespace(task)))
		exec->flags |= UNRACED_FOREIGN_MOUNT_NS;
	exec->unlisted = verdict != UNRACED_PASS;
	if (!exec->unlisted && exec->mitigation != UNRACED_MITIGATION_OFF) {
		path = new_path(task);
		if (path)
			read_exec_path(exec, path, UNRACED_PROVENANCE_ENTER);
		else
			exec->flags |= UNRACED_STASH_FULL;
	}
	exec->enter_ns = bpf_ktime_get_boot_ns();
	return 0;
}

/* Begins the entry of a call that has none yet when it returns. Returns null where the map is full. */
static __always_inline struct unraced_exec *missed_attempt(struct unraced_control *shared,
							   struct unraced_exec_registers *from,
							   struct task_struct *task)
{
	struct unraced_exec *exec = new_attempt(shared, from, task);

	if (!exec)
		return 0;
	unraced_exec_missed(exec, from->ran, 0);
	return exec;
}

/*
 * Makes the event of a call for whose path there is no room. The kernel verifies this function once for its callers.
 */
__noinline int send_without_path(const struct unraced_exec *exec, __s64 result)
{
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *stats = own_stats();
	struct task_struct *task = bpf_get_current_task_btf();
	struct attempt_path *empty = SCRATCH(no_path);
	__u64 key = (__u64)task;
	struct unraced_process *record;

	if (!exec || !shared || !stats || !empty)
		return 0;
	bpf_map_update_elem(&spare_records, &key, &empty->record, BPF_ANY);
	record = bpf_map_lookup_elem(&spare_records, &key);
	if (!record) {
		count_unfinished(stats);
		return 0;
	}
	begin_process(record, UNRACED_RECORD_EXEC_FAILED, task);
	unraced_exec_failed(record, exec, result, UNRACED_INTEGRITY_UNCHECKED);
	send_process(stats, shared, record, sizeof(*record));
	bpf_map_delete_elem(&spare_records, &key);
	return 0;
}

/* Makes the event of a call for which there is no room. */
static __always_inline void send_without_entry(struct unraced_control *shared, struct unraced_exec_registers *from,
					       struct task_struct *task, __s64 result)
{
	struct unraced_exec exec;

	begin_exec(&exec, shared, from, task);
	unraced_exec_missed(&exec, from->ran, UNRACED_STASH_FULL);
	if (exec_starts_elsewhere(&exec, task, mount_namespace(task)))
		exec.flags |= UNRACED_FOREIGN_MOUNT_NS;
	send_without_path(&exec, result);
}

/* Makes the event of a call that has failed. */
static __always_inline void send_failed(struct unraced_counters *stats, struct unraced_control *shared,
					struct unraced_exec *exec, struct task_struct *task, __s64 result)
{
	enum unraced_exec_step step = unraced_exec_returned(exec, address_space_of(task), shared->integrity);
	__u8 integrity = UNRACED_INTEGRITY_UNCHECKED;
	struct attempt_path *path = path_of(task);
	__u32 length, size;

	if (!path) {
		path = new_path(task);
		if (!path) {
			exec->flags |= UNRACED_STASH_FULL;
			send_without_path(exec, result);
			return;
		}
	}
	if (step == UNRACED_EXEC_READ)
		read_exec_path(exec, path, UNRACED_PROVENANCE_EXIT);
	else if (step == UNRACED_EXEC_COMPARE)
		integrity = judge_exec_path(exec, path);
	begin_process(&path->record, UNRACED_RECORD_EXEC_FAILED, task);
	unraced_exec_failed(&path->record, exec, result, integrity);
	length = path->record.path.length & (READ_BYTES - 1);
	for (int i = 0; i < 8; i++)
		path->bytes[length + i] = 0;
	size = sizeof(path->record) + ((length + 7) & ~7u);
	send_process(stats, shared, &path->record, size);
}

/* Handles the return of a call. The kernel verifies this function once for all its callers. */
__noinline int exec_returns(struct unraced_exec_registers *from, __s64 result)
{
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *stats = own_stats();
	struct task_struct *task = bpf_get_current_task_btf();
	struct unraced_exec *exec;

	if (!from || !shared || !stats)
		return 0;
	exec = attempt_of(task);
	/* The exec has an event of its own, which may have been filtered out. */
	if (unraced_exec_succeeded(from, result)) {
		if (exec)
			drop_attempt(task);
		return 0;
	}
	if (!exec) {
		if (filter(shared, current_filters(shared)) != UNRACED_PASS)
			return 0;
		exec = missed_attempt(shared, from, task);
	}
	if (!exec) {
		send_without_entry(shared, from, task, result);
		return 0;
	}
	if (!exec->unlisted) {
		if (exec_starts_elsewhere(exec, task, mount_namespace(task)))
			exec->flags |= UNRACED_FOREIGN_MOUNT_NS;
		send_failed(stats, shared, exec, task, result);
	}
	/* begin_new_exec() of fs/exec.c counts; where the call fails behind it, the kernel ends the process. */
	if (exec->exec_id != (__u32)task->self_exec_id)
		exec->has_failed = 1;
	else
		drop_attempt(task);
	return 0;
}

#endif
