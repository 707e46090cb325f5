/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* This file finds the file behind a descriptor. */
#ifndef UNRACED_OBJECT_DESCRIPTOR_H
#define UNRACED_OBJECT_DESCRIPTOR_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/record.h"
#include "lib/core_access.h"

/* Returns whether other tasks share the descriptor table, and so could have replaced this call's file. */
static __always_inline bool fd_table_is_shared(struct task_struct *task)
{
	struct files_struct *files = KREAD_TRUSTED(task, files);

	return files && KREAD(files, count.counter) > 1;
}

/*
 * Returns the file behind a descriptor, also one that was opened with O_PATH (R2.24), or null when the descriptor is
 * out of range or closed.
 */
static __always_inline struct file *file_of(struct task_struct *task, __u32 fd, __u32 *flags)
{
	struct files_struct *files = KREAD_TRUSTED(task, files);
	struct fdtable *table;
	struct file **slots, *file = 0;

	if (!files)
		return 0;
	if (fd_table_is_shared(task))
		*flags |= UNRACED_FD_TABLE_SHARED;
	table = KREAD(files, fdt);
	if (fd >= KREAD(table, max_fds))
		return 0;
	slots = KREAD(table, fd);
	if (bpf_ksym_exists(bpf_rdonly_cast))
		return (struct file *)KREAD_WORD((__u64)slots + 8ull * fd);
	bpf_probe_read_kernel(&file, sizeof(file), slots + fd);
	return file;
}

static __always_inline bool is_directory(struct file *file)
{
	struct inode *inode = KREAD(file, f_inode);

	return (KREAD(inode, i_mode) & S_IFMT) == S_IFDIR;
}

#endif
