/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a mount to the place where it is mounted. struct mount is private to the kernel (fs/mount.h); what is needed of it
 * is found, and checked against what the kernel's own functions say, when the module is loaded.
 */
#ifndef UNRACED_MOUNTS_H
#define UNRACED_MOUNTS_H

#include <linux/mount.h>
#include <linux/nsproxy.h>
#include <linux/proc_ns.h>

/* An error when this kernel's mounts are not as expected. */
int unraced_mounts_find(void);

/* The mount that this one is mounted in; itself at the top of a tree. */
struct vfsmount *unraced_mount_above(const struct vfsmount *mount);
struct dentry *unraced_mountpoint(const struct vfsmount *mount);
/* May be null, or an error, for mounts that the kernel keeps for itself. */
struct mnt_namespace *unraced_mount_namespace(const struct vfsmount *mount);
/* How many mounts have come, moved and gone in it; always 0 where this kernel's count was not found. */
u64 unraced_mount_events(const struct mnt_namespace *ns);
/* Its inode number; 0 of a namespace that has none. */
u32 unraced_namespace_number(const struct mnt_namespace *ns);

#endif
