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
#include "unraced/arguments.h"
#include "unraced/evidence.h"
#include "unraced/record.h"
#include "lib/core_access.h"
#include "lib/maps.h"
#include "object/descriptor.h"

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

/* Tells whether the kernel may have started the path elsewhere than at the base that the call has. */
static __always_inline bool base_is_unknown(const struct call *call, bool absolute, struct task_struct *task, __u64 now)
{
	if (absolute && unraced_root_is_unknown(call->syscall, call->how_provenance, call->resolve))
		return 1;
	if (!absolute && call->fd != UNRACED_AT_FDCWD)
		return 0;
	return (call->base_count & 1) || changes_of_base(KREAD(task, fs)) != call->base_count ||
	       unraced_count_may_be_old(call->enter_ns, now);
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
	if (call->fd == UNRACED_AT_FDCWD) {
		if (fs) {
			call->start.mount = (__u64)KREAD(fs, pwd.mnt);
			call->start.dentry = (__u64)KREAD(fs, pwd.dentry);
		}
	} else {
		__u32 ignored = 0;
		struct file *file = file_of(task, call->fd, &ignored);

		if (file) {
			call->start.mount = (__u64)KREAD(file, f_path.mnt);
			call->start.dentry = (__u64)KREAD(file, f_path.dentry);
		}
	}
}

#endif
