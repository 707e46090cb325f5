/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file stores the base of a path at entry: at the return, the descriptor or the working directory may have
 * changed.
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

static __always_inline void remember_start(struct call *call, struct task_struct *task)
{
	bool unread = call->provenance == UNRACED_PROVENANCE_NONE;
	bool absolute = call->length && call->bytes[0] == '/';
	struct fs_struct *fs = KREAD(task, fs);

	call->root = (struct unraced_path_base){};
	call->start = (struct unraced_path_base){};
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
