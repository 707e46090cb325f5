/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* This file makes the records of process events, and sends them. */
#ifndef UNRACED_PROCESS_DESCRIBE_H
#define UNRACED_PROCESS_DESCRIBE_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/image.h"
#include "unraced/object.h"
#include "lib/control.h"
#include "lib/core_access.h"
#include "lib/maps.h"
#include "out/limit.h"
#include "out/record.h"
#include "out/ring.h"
#include "path/walk.h"
#include "process/types.h"

/* Reads a pointer through a type that only this object declares. */
#define KREAD_NAMED(p, field)                                          \
	({                                                             \
		typeof((p)->field) value_ = 0;                         \
		bpf_core_read(&value_, sizeof(value_), &(p)->field);   \
		value_;                                                \
	})

/* Returns the process's id in its own pid namespace. */
static __always_inline __u32 own_number(struct pid *pid)
{
	void *numbers = (void *)pid + bpf_core_field_offset(struct pid, numbers);
	struct upid *own = numbers + KREAD(pid, level) * bpf_core_type_size(struct upid);

	return KREAD(own, nr);
}

/* Returns the signal by which a reboot of its pid namespace ends the first process of it, or 0. */
static __always_inline __s32 reboot_of(struct pid *pid)
{
	void *numbers = (void *)pid + bpf_core_field_offset(struct pid, numbers);
	struct upid *own = numbers + KREAD(pid, level) * bpf_core_type_size(struct upid);
	__u64 namespace = 0;

	if (KREAD(own, nr) != 1)
		return 0;
	bpf_core_read(&namespace, sizeof(namespace), &own->ns);
	return KREAD_NAMED((struct pid_namespace___rebooted *)namespace, reboot);
}

static __always_inline __u64 effective_capabilities(struct cred *cred)
{
	__u64 capabilities = 0;

	bpf_probe_read_kernel(&capabilities, sizeof(capabilities),
			      (void *)cred + bpf_core_field_offset(struct cred___capable, cap_effective));
	return capabilities;
}

/*
 * Tells the controlling terminal, or nothing where the process lost it while the program looked: the kernel may free a
 * terminal then. Only a thread of the process itself gives it another one (__proc_set_tty() of
 * drivers/tty/tty_jobctrl.c). In a fork, an exec that succeeds and an exit no such thread runs, so a process that still
 * has the terminal had it all the time.
 */
static __always_inline void describe_terminal(struct unraced_process *record, struct signal_struct *signal)
{
	struct tty_struct *terminal = KREAD(signal, tty);
	struct tty_driver *driver;

	if (!terminal) {
		record->terminal = UNRACED_NO_TERMINAL;
		return;
	}
	driver = KREAD(terminal, driver);
	record->terminal =
		unraced_terminal_device(KREAD(driver, major), KREAD(driver, minor_start), KREAD(terminal, index));
	/* The terminal must be read before the process's pointer to it is read again. */
	load_barrier(&record->start_ns);
	if (KREAD(signal, tty) != terminal)
		record->terminal = UNRACED_TERMINAL_UNKNOWN;
}

/* Begins the record of an event of the process that a task belongs to. */
static __always_inline void begin_process(struct unraced_process *record, __u8 type, struct task_struct *task)
{
	struct task_struct *leader = KREAD(task, group_leader);
	struct task_struct *parent = KREAD(task, real_parent);
	struct task_struct *above = KREAD(parent, group_leader);
	/* A task that is not the current one can act with the credentials of another for a while. */
	struct cred *cred = KREAD(task, real_cred);
	struct css_set *sets = KREAD(task, cgroups);
	struct cgroup *cgroup = KREAD(sets, dfl_cgrp);
	struct kernfs_node *node = KREAD(cgroup, kn);
	struct nsproxy *proxy = KREAD(task, nsproxy);
	struct pid *pid = KREAD(leader, thread_pid);
	struct signal_struct *signal = KREAD((struct task_struct___process *)task, signal);
	struct user_namespace *user_ns;
	struct pid *session = 0;

	unraced_process_begin(record, type, bpf_ktime_get_boot_ns());
	record->start_ns = KREAD(leader, start_boottime);
	record->parent_start_ns = KREAD(above, start_boottime);
	record->cgroup_id = KREAD(node, id);
	record->tgid = KREAD(task, tgid);
	record->tid = record->tgid;
	record->parent_tgid = KREAD(parent, tgid);
	record->uid = KREAD(cred, uid.val);
	record->gid = KREAD(cred, gid.val);
	record->euid = KREAD(cred, euid.val);
	record->egid = KREAD(cred, egid.val);
	record->capabilities = effective_capabilities(cred);
	user_ns = KREAD(cred, user_ns);
	if (KREAD(user_ns, level))
		record->flags |= UNRACED_NESTED_USER_NS;
	/* A task that ends has no namespaces any more. */
	if (proxy) {
		struct mnt_namespace *mounts = KREAD(proxy, mnt_ns);

		record->mount_ns = KREAD(mounts, ns.inum);
	}
	if (pid) {
		record->pid_ns = pid_namespace(leader);
		record->own_tgid = own_number(pid);
	}
	bpf_probe_read_kernel(&session, sizeof(session),
			      (void *)signal + bpf_core_field_offset(struct signal_struct, pids) +
				      PIDTYPE_SID * sizeof(session));
	if (session) {
		struct upid *first = (void *)session + bpf_core_field_offset(struct pid, numbers);

		record->session = KREAD(first, nr);
	}
	describe_terminal(record, signal);
	record->exec_id = KREAD(task, self_exec_id);
	bpf_probe_read_kernel(record->comm, sizeof(record->comm),
			      (void *)task + bpf_core_field_offset(struct task_struct, comm));
}

/* Appends a string of the kernel's. */
static __always_inline void append_name(struct unraced_process_builder *builder, struct unraced_slice *slice,
					const char *name)
{
	__u32 at = unraced_process_end(builder);
	long size = bpf_probe_read_kernel_str(&builder->tail[at], UNRACED_PATH_MAX + 1, name);

	if (size > 0)
		unraced_process_text(builder, slice, at, (size - 1) & 4095);
}

/* Returns the directory above one of a cgroup, or null. */
static __always_inline struct kernfs_node___named *directory_above(struct kernfs_node___named *node)
{
	struct kernfs_node___newer *newer = (void *)node;

	return bpf_core_field_exists(newer->__parent) ? KREAD_NAMED(newer, __parent) : KREAD_NAMED(node, parent);
}

/*
 * Appends the path of the cgroup of the scratch's task (R16.13), which names its container (R1.15). The root of the
 * hierarchy has no name. The kernel verifies this function once.
 */
__noinline int append_cgroup(struct process_scratch *scratch)
{
	struct unraced_process_builder *builder;
	struct kernfs_node___named *node;
	__u32 start, length = 0, depth = 0;
	struct task_struct *task;
	struct kernfs_node *own;
	struct cgroup *cgroup;
	struct css_set *sets;

	if (!scratch)
		return 0;
	builder = &scratch->builder;
	task = (void *)scratch->task;
	sets = KREAD(task, cgroups);
	cgroup = KREAD(sets, dfl_cgrp);
	own = KREAD(cgroup, kn);
	node = (void *)own;
	start = unraced_process_end(builder);
	/* The task may have been moved since the record began; id and path must be those of one cgroup. */
	builder->record.cgroup_id = KREAD(own, id);
	for (int i = 0; i < CGROUP_DEPTH && node; i++) {
		scratch->directories[i] = (__u64)node;
		node = directory_above(node);
		depth = i + 1;
	}
	/* The last of them is the root. Deeper ones are not told. */
	if (node)
		return 0;
	for (int i = CGROUP_DEPTH - 1; i >= 0; i--) {
		struct kernfs_node___named *part = (void *)scratch->directories[i];
		__u32 at;
		long size;

		if (i >= (int)depth - 1)
			continue;
		if (length > UNRACED_CGROUP_PATH_MAX - NAME_SIZE - 1)
			return 0;
		at = (start + length) & (UNRACED_PROCESS_TAIL - 1);
		builder->tail[at] = '/';
		size = bpf_probe_read_kernel_str(&builder->tail[at + 1], NAME_SIZE, KREAD_NAMED(part, name));
		if (size > 0)
			length += size & (2 * NAME_SIZE - 1);
	}
	if (!length) {
		builder->tail[start] = '/';
		length = 1;
	}
	unraced_process_text(builder, &builder->record.cgroup, start, length);
	return 0;
}

static __always_inline void describe_cgroup(struct process_scratch *scratch, struct task_struct *task)
{
	scratch->task = (__u64)task;
	append_cgroup(scratch);
}

/* Describes the executable of a process. */
static __always_inline void describe_executable(struct unraced_process_builder *builder, struct walk *walk,
						struct file *file)
{
	struct unraced_process *record = &builder->record;
	__u32 length;
	__u8 *target;

	unraced_identify_file(file, &record->inode, &record->device_major, &record->device_minor);
	walk_begin(walk, file, record->mount_ns, 0);
	find_path(walk);
	record->flags |= UNRACED_HAS_FILE | walk->flags;
	length = (WALK_BYTES - walk->position) & (WALK_BYTES - 1);
	target = unraced_process_place(builder, &record->resolved, length);
	bpf_probe_read_kernel(target, length, &walk->bytes[walk->position & (WALK_BYTES - 1)]);
}

/*
 * Returns whether the event of a process exceeds a limit of its user or its cgroup (R7.3). The loader asks for events
 * of the processes that are there, so nobody floods by these.
 */
static __always_inline bool exceeds_process_limits(const struct unraced_control *shared,
						   const struct unraced_process *record)
{
	return (shared->user_interval | shared->cgroup_interval) && record->type != UNRACED_RECORD_ALIVE &&
	       exceeds_limits(record->cgroup_id, record->uid);
}

/*
 * Numbers a record and puts it into the ring, or counts its loss. Another program can preempt this one on newer
 * kernels, so the counters change atomically.
 */
static __always_inline void send_process(struct unraced_counters *stats, struct unraced_control *shared,
					 struct unraced_process *record, __u32 size)
{
	unraced_process_number(record, bpf_get_smp_processor_id(),
			       __sync_fetch_and_add(&stats->process_sequence, 1) + 1, size);
	if (exceeds_process_limits(shared, record)) {
		__sync_fetch_and_add(&stats->rate_limited, 1);
		count_loss(record->cgroup_id, record->uid);
		return;
	}
	if (output(shared, record, size)) {
		__sync_fetch_and_add(&stats->ring_full, 1);
		count_loss(record->cgroup_id, record->uid);
		return;
	}
	__sync_fetch_and_add(&stats->submitted, 1);
	wake_reader(stats, shared);
}

/* Sends a record with all that its slices name. */
static __always_inline void send_built(struct unraced_counters *stats, struct unraced_control *shared,
				       struct unraced_process_builder *builder)
{
	__u32 size = unraced_process_size(builder);

	/* This is never so; the verifier needs it. */
	if (size > sizeof(*builder) - __builtin_offsetof(struct unraced_process_builder, record))
		return;
	send_process(stats, shared, &builder->record, size);
}

#endif
