/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the place where a mount is mounted. struct mount is private to the kernel (fs/mount.h). When the module is
 * loaded, it finds the needed members, and checks them against the results of the kernel's own functions.
 */
#ifndef UNRACED_PATH_MOUNTS_H
#define UNRACED_PATH_MOUNTS_H

#include <linux/mount.h>
#include <linux/nsproxy.h>
#include <linux/proc_ns.h>

/* Returns an error if this kernel's mounts are not as expected. */
int unraced_mounts_find(void);

/* Returns the mount that this one is mounted in, or the mount itself at the top of a tree. */
struct vfsmount *unraced_mount_above(const struct vfsmount *mount);
struct dentry *unraced_mountpoint(const struct vfsmount *mount);
/* Returns null or an error for mounts that the kernel keeps for itself. */
struct mnt_namespace *unraced_mount_namespace(const struct vfsmount *mount);
/* Tells whether the mount is the one that all others of the namespace are mounted on. */
bool unraced_is_namespace_root(const struct vfsmount *mount, const struct mnt_namespace *ns);
/* Counts the mounts that have come, moved and gone in the namespace; always 0 if this kernel's count was not found. */
u64 unraced_mount_events(const struct mnt_namespace *ns);
/* Returns the namespace's inode number, or 0 if it has none. */
u32 unraced_namespace_number(const struct mnt_namespace *ns);
/*
 * Returns the inode number of the task's mount namespace, or 0: an exiting task has none, and
 * another task's is not known while somebody changes it.
 */
u32 unraced_namespace_of(struct task_struct *task);

#endif
