/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file stores the base of a path at entry: at the return, the descriptor or the working directory may have
 * changed. Who shares the root and the working directory (CLONE_FS), or moves the root of the mount namespace
 * (pivot_root(2)), can change them before the kernel uses them, too. Then nobody knows where the kernel started.
 */
#ifndef UNRACED_PATH_BASE_H
#define UNRACED_PATH_BASE_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/address.h"
#include "unraced/arguments.h"
#include "unraced/evidence.h"
#include "unraced/record.h"
#include "lib/core_access.h"
#include "lib/maps.h"
#include "object/descriptor.h"
#include "path/validation.h"

/*
 * Returns the count of changes of root and working directory (write_seqcount_begin() in fs/fs_struct.c), which is odd
 * while one is under way.
 */
static __always_inline __u32 changes_of_base(struct fs_struct *fs)
{
	struct fs_struct___locked *newer = (void *)fs;

	if (bpf_core_field_exists(newer->seq.seqcount.seqcount.sequence))
		return KREAD(newer, seq.seqcount.seqcount.sequence);
	return bpf_core_field_exists(fs->seq.seqcount.sequence) ? KREAD(fs, seq.seqcount.sequence) : 1;
}

/* Notes the count of changes at the entry of a call whose base is not remembered. */
static __always_inline void remember_changes(struct call *call, struct task_struct *task)
{
	struct fs_struct *fs = KREAD(task, fs);
	__u32 count = fs ? changes_of_base(fs) : 1;

	if (call->syscall == UNRACED_CONNECT)
		call->connect_base_count = count;
	else
		call->base_count = count;
}

/* Tells whether root or working directory may have changed since the entry. */
static __always_inline bool base_may_have_changed(const struct call *call, struct fs_struct *fs, __u64 now)
{
	__u32 count = call->syscall == UNRACED_CONNECT ? call->connect_base_count : call->base_count;

	return unraced_base_may_have_changed(count, changes_of_base(fs), call->enter_ns, now);
}

/* Tells whether the kernel may have started the path elsewhere than at the base that the call has. */
static __always_inline bool base_is_unknown(const struct call *call, bool absolute, struct task_struct *task, __u64 now)
{
	if (absolute && unraced_root_is_unknown(call->syscall, call->how_provenance, call->resolve))
		return 1;
	if (!absolute && call->dirfd != UNRACED_AT_FDCWD)
		return 0;
	return base_may_have_changed(call, KREAD(task, fs), now);
}

static __always_inline void remember_start(struct call *call, struct task_struct *task)
{
	bool unread = call->provenance == UNRACED_PROVENANCE_NONE;
	bool absolute = call->length && call->bytes[0] == '/';
	struct fs_struct *fs = KREAD(task, fs);

	call->root = (struct unraced_path_base){};
	call->start = (struct unraced_path_base){};
	call->base_count = fs ? changes_of_base(fs) : 1;
	/* The count must be read before the base. */
	load_barrier(&call->start.mount);
	/* An unreadable path may turn out to be absolute. */
	if (fs && (absolute || unread)) {
		call->root.mount = (__u64)KREAD(fs, root.mnt);
		call->root.dentry = (__u64)KREAD(fs, root.dentry);
	}
	if (absolute)
		return;
	if (call->dirfd == UNRACED_AT_FDCWD) {
		if (fs) {
			call->start.mount = (__u64)KREAD(fs, pwd.mnt);
			call->start.dentry = (__u64)KREAD(fs, pwd.dentry);
		}
	} else {
		__u32 ignored = 0;
		struct file *file = file_of(task, call->dirfd, &ignored);

		if (file) {
			call->start.mount = (__u64)KREAD(file, f_path.mnt);
			call->start.dentry = (__u64)KREAD(file, f_path.dentry);
		}
	}
}

enum start_place {
	STARTS_HERE,
	STARTS_ELSEWHERE,
	START_IS_GONE, /* the descriptor of the directory is closed */
};

static __always_inline bool is_mounted_elsewhere(struct vfsmount *mnt, __u32 own)
{
	struct mount *mount = (void *)mnt - bpf_core_field_offset(struct mount, mnt);
	struct mnt_namespace *ns = KREAD(mount, mnt_ns);

	return !is_namespace(ns) || KREAD(ns, ns.inum) != own;
}

/*
 * Returns the family of a socket by its file, 0 for none. A file that is no socket connects to nothing, so what is read
 * of it does not matter.
 */
static __always_inline __u16 family_of(struct file *file)
{
	struct socket *socket = KREAD(file, private_data);
	struct sock *sk = KREAD(socket, sk);

	return KREAD(sk, __sk_common.skc_family);
}

/*
 * Notes whether other tasks share the descriptor table at the entry. One of them may replace a file and end before the
 * return. An unshared table stays so: its only user is in the call. Whoever leaves the table before this look has
 * replaced files before, so each look at a descriptor follows it.
 */
static __always_inline void note_sharers(struct call *call, struct task_struct *task)
{
	if (fd_table_is_shared(task))
		call->record_flags |= UNRACED_FD_TABLE_SHARED;
	load_barrier(&call->start.mount);
}

/*
 * Returns whether a connect may be one of a UNIX socket, by the socket of the entry, or else by the file behind the
 * descriptor. Another thread that shares the descriptors may have put a UNIX socket there before the kernel took it,
 * and whoever shares the memory may rewrite the descriptor of socketcall(2). A call that began a TCP attempt itself
 * has taken a TCP socket, and a request knows its socket at its end.
 */
static __always_inline bool may_be_unix(const struct call *call, struct task_struct *task)
{
	__u16 family = call->connecting.family;
	__u32 ignored = 0;

	if (call->connecting.not_unix)
		return 0;
	if ((call->record_flags & UNRACED_FD_TABLE_SHARED) || call->indirect)
		return 1;
	if (!family)
		family = family_of(file_of(task, call->fd, &ignored));
	return !family || family == UNRACED_AF_UNIX;
}

/*
 * Returns an enum start_place: whether the kernel resolves the path of a call of this task in another mount namespace
 * than its own, or may have since the entry (R2.46). The root counts for each path, since a link can lead there, and
 * the directory for each openat2(2), since RESOLVE_IN_ROOT can make it the root. The kernel verifies this function
 * once.
 */
__noinline int locate_start(struct call *call, __u32 own)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct fs_struct *fs = KREAD_TRUSTED(task, fs);
	bool absolute, copied, by_directory, by_descriptor;
	__u32 ignored = 0;
	struct file *file;

	if (!call || !fs || !own)
		return STARTS_HERE;
	/* In mode kernel, the bytes of a long copy lie elsewhere, and these are the snapshot. */
	copied = call->provenance == UNRACED_PROVENANCE_KERNEL && !call->elsewhere;
	if (!unraced_may_have_path(call->syscall, copied,
				   call->syscall == UNRACED_CONNECT && !copied && may_be_unix(call, task), call->bytes,
				   call->length, &absolute))
		return STARTS_HERE;
	by_directory = unraced_starts_at_directory(call->syscall, absolute);
	by_descriptor = by_directory && call->syscall != UNRACED_CONNECT && call->dirfd != UNRACED_AT_FDCWD;
	if (is_mounted_elsewhere(KREAD(fs, root.mnt), own) ||
	    (by_directory && !by_descriptor && is_mounted_elsewhere(KREAD(fs, pwd.mnt), own)))
		return STARTS_ELSEWHERE;
	/* The count must be read last: who moved a place away before the entry may move it back before the look. */
	load_barrier(&call->start.mount);
	if (base_may_have_changed(call, fs, bpf_ktime_get_boot_ns()))
		return STARTS_ELSEWHERE;
	if (!by_descriptor)
		return STARTS_HERE;
	file = file_of(task, call->dirfd, &ignored);
	if (!file)
		return START_IS_GONE;
	/* No path starts at anything else, and an absolute one may have been passed with any descriptor. */
	return is_directory(file) && is_mounted_elsewhere(KREAD(file, f_path.mnt), own) ? STARTS_ELSEWHERE :
											  STARTS_HERE;
}

#endif
