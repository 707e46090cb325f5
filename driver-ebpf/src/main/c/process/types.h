/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The kernel types that only the programs of process events read, and the scratch of these programs. */
#ifndef UNRACED_PROCESS_TYPES_H
#define UNRACED_PROCESS_TYPES_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "unraced/image.h"
#include "path/walk.h"

/* include/linux/sched/signal.h */
#define SIGNAL_GROUP_EXIT 0x00000004
/* enum pid_type of include/linux/pid_types.h */
#define PIDTYPE_SID 3

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct signal_struct {
	atomic_t live;
	int group_exit_code;
	unsigned int flags;
	struct pid *pids[4];
	struct tty_struct *tty;
	struct list_head thread_head;
};
/* include/linux/tty.h and include/linux/tty_driver.h */
struct tty_struct {
	struct tty_driver *driver;
	int index;
};
struct tty_driver {
	int major;
	int minor_start;
};
/* The further fields of struct task_struct and struct cred. */
struct task_struct___process {
	struct signal_struct *signal;
	int exit_code;
	struct list_head thread_node;
};
/* include/linux/pid_namespace.h */
struct pid_namespace___rebooted {
	int reboot;
};
/* kernel_cap_t has been one number of 64 bits since 6.3, and two of 32 bits before. */
struct cred___capable {
	struct {
		__u64 val;
	} cap_effective;
};
/* include/linux/kernfs.h; since 6.15 the parent has another name. */
struct kernfs_node___named {
	const char *name;
	struct kernfs_node___named *parent;
};
struct kernfs_node___newer {
	struct kernfs_node___named *__parent;
};
/* include/linux/binfmts.h */
struct linux_binprm {
	const char *filename;
	const char *interp;
	const char *fdpath; /* the path that the kernel makes where a descriptor names the file */
};
/* kernel/bpf/task_iter.c */
struct bpf_iter__task {
	struct task_struct *task;
};

#pragma clang attribute pop

/* The deepest cgroup whose path an event reports. */
#define CGROUP_DEPTH 24
/* A name has up to 255 bytes (NAME_MAX of uapi/linux/limits.h). */
#define NAME_SIZE 256

/*
 * The programs of calls have scratch areas of their own: a newer kernel can preempt a program of this object in favour
 * of one of theirs. It never runs one program twice at once on one CPU, and each program here that needs a scratch area
 * has one.
 */
struct process_scratch {
	__u64 task; /* whose cgroup append_cgroup() appends */
	struct unraced_process_builder builder;
	struct walk walk;
	__u64 directories[CGROUP_DEPTH]; /* struct kernfs_node of a cgroup and those above it */
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct process_scratch);
} exec_scratch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct process_scratch);
} alive_scratch SEC(".maps");

/* Processes whose exit event was sent: the last threads of a process can end at once, and each seems the last. */
struct process_id {
	__u64 start_ns;
	__u64 tgid;
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct process_id);
	__type(value, __u8);
} ended SEC(".maps");

#endif
