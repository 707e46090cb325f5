/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The few kernel types that the programs read, with the few fields that they need. Offsets come from the running
 * kernel's BTF when the object is loaded (CO-RE), so neither order nor completeness matters here.
 */
#ifndef UNRACED_LIB_KERNEL_TYPES_H
#define UNRACED_LIB_KERNEL_TYPES_H

/* Makes bpf_tracing.h use the kernel's own register names. */
#define __VMLINUX_H__

#include "unraced/base.h"
#include "unraced/kernel.h"

/* uapi/linux/bpf.h; helpers and map definitions need only these. */
enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PROG_ARRAY = 3,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_LPM_TRIE = 11,
	BPF_MAP_TYPE_ARRAY_OF_MAPS = 12,
	BPF_MAP_TYPE_RINGBUF = 27,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
};
enum { BPF_ANY = 0, BPF_NOEXIST = 1 };
enum { BPF_LOCAL_STORAGE_GET_F_CREATE = 1 };
enum { BPF_F_NO_PREALLOC = 1, BPF_F_MMAPABLE = 1 << 10 };
enum { BPF_RB_NO_WAKEUP = 1, BPF_RB_FORCE_WAKEUP = 2 };

/* include/linux/stat.h and uapi/linux/magic.h */
#define S_IFMT 0170000
#define S_IFDIR 0040000
#define SOCKFS_MAGIC 0x534f434b
/* include/linux/sched.h */
#define PF_EXITING 0x00000004
#define PF_IO_WORKER 0x00000010
#define PF_KTHREAD 0x00200000
/* arch/x86/include/asm/thread_info.h: the call uses the 32-bit convention, which has other call numbers. */
#define TS_COMPAT 2
/* arch/arm64/include/asm/thread_info.h */
#define TIF_32BIT 22
#ifdef __TARGET_ARCH_arm64
#define O_LARGEFILE 00400000ull
#else
#define O_LARGEFILE 00100000ull
#endif

/* These types are part of the user API, so their layout is fixed. */
struct bpf_raw_tracepoint_args {
	__u64 args[0];
};
struct sockaddr_un {
	unsigned short sun_family;
	char sun_path[108];
};
#ifdef __TARGET_ARCH_arm64
/* arch/arm64/include/uapi/asm/ptrace.h */
struct user_pt_regs {
	__u64 regs[31];
	__u64 sp;
	__u64 pc;
	__u64 pstate;
};
/*
 * While a call runs, the kernel uses regs[0] as its first argument; a tracer may have changed it. orig_x0 is the value
 * that the caller passed, which syscall_get_arguments() gives to tracepoints.
 */
#define RUNNING_PARM1(regs) PT_REGS_PARM1_CORE(regs)
#else
#define RUNNING_PARM1(regs) PT_REGS_PARM1_CORE_SYSCALL(regs)
#endif

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* struct trace_entry grew once (lazy preemption on RT kernels), so the fields after it must be relocated, too. */
struct trace_entry {
	unsigned short type;
};
/* kernel/trace/trace.h: perf passes these to the programs of syscall tracepoints. */
struct syscall_trace_enter {
	struct trace_entry ent;
	int nr;
	unsigned long args[6];
};
struct syscall_trace_exit {
	struct trace_entry ent;
	int nr;
	long ret;
};

#ifdef __TARGET_ARCH_arm64
struct pt_regs {
	__s32 syscallno;
};
/* TIF_32BIT of arch/arm64/include/asm/thread_info.h in flags marks a thread of a 32-bit program. */
struct thread_info {
	unsigned long flags;
};
#else
/* x86 keeps the convention of the current call in status: TS_COMPAT of arch/x86/include/asm/thread_info.h. */
struct thread_info {
	__u32 status;
};
#endif

/* The kernel has this enum since 6.10, macros before; its values have changed since. */
enum dentry_flags {
	DCACHE_MOUNTED = 1 << 16,
};

struct ns_common {
	unsigned int inum;
	__u64 ns_id;
};
struct mnt_namespace {
	struct ns_common ns;
	struct mount *root;
	__u64 seq;
	__u64 event;
};
struct pid_namespace {
	struct ns_common ns;
};
struct upid {
	int nr;
	struct pid_namespace *ns;
};
struct pid {
	unsigned int level;
	struct upid numbers[1];
};
struct nsproxy {
	struct mnt_namespace *mnt_ns;
};

struct timespec64 {
	__s64 tv_sec;
	long tv_nsec;
};
typedef struct {
	__u32 val;
} kuid_t;
typedef struct {
	__u32 val;
} kgid_t;
struct user_namespace {
	struct user_namespace *parent;
	int level;
	kuid_t owner;
	struct ns_common ns;
};
struct cred {
	kuid_t uid;
	kgid_t gid;
	kuid_t euid;
	kgid_t egid;
	struct user_namespace *user_ns;
};
struct kernfs_node {
	__u64 id;
};
struct cgroup_subsys_state {
	struct cgroup_subsys_state *parent;
};
struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
};
struct css_set {
	struct cgroup *dfl_cgrp;
};

struct qstr {
	__u32 len;
	const unsigned char *name;
};
struct list_head {
	struct list_head *next;
};
/* seqcount_t and seqcount_spinlock_t of include/linux/seqlock_types.h */
struct seqcount {
	unsigned int sequence;
};
struct seqcount_spinlock {
	struct seqcount seqcount;
};
struct hlist_bl_node {
	struct hlist_bl_node *next, **pprev;
};
struct dentry {
	unsigned int d_flags;
	struct seqcount_spinlock d_seq;
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
};
struct vfsmount {
	struct dentry *mnt_root;
};
struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	struct list_head mnt_mounts;
	struct list_head mnt_child;
	struct mnt_namespace *mnt_ns;
	struct mountpoint *mnt_mp;
};
struct mountpoint {
	struct dentry *m_dentry;
};
/* include/linux/fs.h: the kernel's copy of a path, and the user address that it came from. */
struct filename {
	const char *name;
	const char *uptr;
};
struct fs_struct {
	int users;
	struct seqcount_spinlock seq;
	struct path root;
	struct path pwd;
};
/* seqlock_t of include/linux/seqlock_types.h, which newer kernels have there. */
struct seqlock {
	struct seqcount_spinlock seqcount;
};
struct fs_struct___locked {
	struct seqlock seq;
};
struct file___counted {
	atomic64_t f_count;
};
struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};
typedef struct {
	int counter;
} atomic_t;
struct files_struct {
	atomic_t count;
	struct fdtable *fdt;
};

/* net/netlink/af_netlink.h */
struct netlink_sock {
	__u32 portid;
	__u32 dst_portid;
	__u32 dst_group;
	__u64 *groups;
};
struct unix_address {
	int len;
	struct sockaddr_un name[0];
};
struct unix_sock {
	struct unix_address *addr;
	struct sock *peer;
};

struct mm_struct {
	unsigned long arg_start, arg_end;
	struct file *exe_file;
};
struct task_struct {
	struct thread_info thread_info;
	unsigned int flags;
	int pid;
	int tgid;
	__u64 start_boottime;
	__u64 self_exec_id;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	struct mm_struct *mm;
	struct nsproxy *nsproxy;
	struct fs_struct *fs;
	struct files_struct *files;
	struct cred *cred;
	struct cred *real_cred;
	struct css_set *cgroups;
	char comm[16];
};

#pragma clang attribute pop

#endif
