/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file validates the way from an opened file up to the root of its mount namespace. A resolved path is true if the
 * whole way was valid at one moment (R2.47). The requested path is proven if the way also leads through the
 * place where that path starts (the base).
 *
 * Programs can take no locks. But the kernel changes a dentry's d_seq with its name, its parent and its removal
 * (__d_move() and __d_drop() of fs/dcache.c). It changes a namespace's event counter with its mounts
 * (touch_mnt_namespace() of fs/namespace.c). That counter is read before the first walk and after the second. So a
 * second walk that finds the same sequence counts and mounts shows that nothing changed between the two, and that no
 * mount came or went while the first one searched for mounts over the names.
 */
#ifndef UNRACED_PATH_VALIDATION_H
#define UNRACED_PATH_VALIDATION_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/evidence.h"
#include "lib/core_access.h"
#include "lib/maps.h"

/* At most this many mounts are searched for one call, however many names its path has (R2.48). */
#define MOUNT_STEPS 1024

enum start_state {
	START_UNWANTED, /* integrity is off, the path base is unknown, or the way is too long to compare */
	START_SOUGHT,
	START_FOUND, /* the way leads through the path base */
};

struct validation {
	struct unraced_path_base base; /* its mount is a struct mount here */
	__u64 digest;  /* digest of all counts and mounts on the way */
	__u64 namespace; /* struct mnt_namespace of the file's mount before the first walk */
	__u64 mount_events; /* the event counter of that namespace then */
	__u32 position; /* the walk's position where it met the path base */
	__u8 state;
	__u8 crossed; /* the walk has just gone from the root of a mount to its mountpoint */
	__u8 overmounted; /* something is mounted over a name on the way */
	__u8 spent; /* there were too many mounts to search, or too many names, or a mount may be on the move */
	__u8 moving;  /* a rename or the move of a mount was under way */
};

static __always_inline void digest_add(struct validation *validation, __u64 what)
{
	validation->digest = ((validation->digest ^ what) * 0x9e3779b97f4a7c15ull) ^ (validation->digest >> 29);
}

/*
 * A mount has no count, so its identity and its mountpoint are compared. The parameters point into a map's value, from
 * which pointers load as numbers: the verifier allows no arithmetic on others.
 */
static __always_inline void digest_crossing(struct validation *validation, struct mount *const volatile *above,
					  struct dentry *const volatile *mountpoint)
{
	validation->crossed = 1;
	digest_add(validation, (__u64)*above);
	digest_add(validation, (__u64)*mountpoint);
}

struct overmount {
	struct list_head *at;
	struct list_head *end;
	struct dentry *dentry;
	__u32 found;
};

static long overmount_step(__u64 step, struct overmount *overmount)
{
	/*
	 * A variable holds the pointer: KREAD would also relocate overmount->at, and the kernel has no struct
	 * overmount.
	 */
	struct list_head *at = overmount->at;
	struct mount *child = (void *)at - bpf_core_field_offset(struct mount, mnt_child);

	if (at == overmount->end)
		return 1;
	if (KREAD(child, mnt_mountpoint) == overmount->dentry) {
		overmount->found = 1;
		return 1;
	}
	overmount->at = KREAD(at, next);
	return 0;
}

/* Returns the flag of a dentry that has a mount. Newer kernels have it in an enumeration, with another value. */
static __always_inline __u32 mounted_flag(void)
{
	if (bpf_core_enum_value_exists(enum dentry_flags, DCACHE_MOUNTED))
		return bpf_core_enum_value(enum dentry_flags, DCACHE_MOUNTED);
	return DCACHE_MOUNTED;
}

/*
 * Searches the mount's children for a mount on the dentry: the dentry's flag does not say in which mount or namespace.
 * All searches of a call share one budget, since an attacker can mount thousands of directories over each name of a
 * long path.
 */
static __always_inline void look_for_overmount(struct validation *validation, struct mount *mount,
					       struct dentry *dentry,
					   __u32 *budget)
{
	struct overmount overmount = { .dentry = dentry };
	__u32 left = *budget;
	long steps;

	if (!(KREAD(dentry, d_flags) & mounted_flag()))
		return;
	/* It is never more; the verifier asks for a bound. */
	if (!left || left > MOUNT_STEPS) {
		validation->spent = 1;
		return;
	}
	overmount.end = (void *)mount + bpf_core_field_offset(struct mount, mnt_mounts);
	overmount.at = KREAD(mount, mnt_mounts.next);
	steps = bpf_loop(left, overmount_step, &overmount, 0);
	*budget = left > steps ? left - steps : 0;
	if (overmount.found)
		validation->overmounted = 1;
	else if (steps >= left)
		validation->spent = 1;
}

static __always_inline void digest_dentry(struct validation *validation, struct dentry *dentry)
{
	__u32 sequence = KREAD(dentry, d_seq.seqcount.sequence);

	if (sequence & 1)
		validation->moving = 1;
	digest_add(validation, sequence);
	load_barrier(&validation->digest);
}

/*
 * Looks for the path base at the walk's place, and for a mount over it. Returns whether the walk has just met the base.
 */
static __always_inline bool validation_meets_base(struct validation *validation, struct mount *mount,
						  struct dentry *dentry, __u32 *budget)
{
	if (validation->state != START_SOUGHT)
		return 0;
	if (unraced_is_at_base(&validation->base, (__u64)mount, (__u64)dentry, validation->crossed)) {
		validation->state = START_FOUND;
		return 1;
	}
	if (!validation->crossed)
		look_for_overmount(validation, mount, dentry, budget);
	return 0;
}

/* Some mounts are internal to the kernel: their namespace is null, or an error pointer. */
static __always_inline bool is_namespace(const struct mnt_namespace *ns)
{
	return ns && !((long)ns < 0 && (long)ns > -4096);
}

/* kernel/locking/rwsem.c */
#define RWSEM_WRITER_LOCKED 1

/*
 * Tells whether a mount may be on the move to this dentry. In the middle of its move a mount is in no list, so no
 * search finds it, not where it was either. But from before it leaves its place until the namespace has counted the
 * move, the kernel holds the inode of the new mountpoint for writing, and the dentry is marked as mounted
 * (do_move_mount() of fs/namespace.c). Others who hold the inode change the directory, so a walk that meets one is
 * tried again.
 */
static __always_inline bool may_be_mounted_on(struct dentry *dentry)
{
	struct inode *inode;

	if (!(KREAD(dentry, d_flags) & mounted_flag()))
		return 0;
	inode = KREAD(dentry, d_inode);
	return !bpf_core_field_exists(inode->i_rwsem.count) ||
	       (KREAD(inode, i_rwsem.count.counter) & RWSEM_WRITER_LOCKED);
}

/* Notes the namespace, which all mounts of a tree have in common, and its count of mount changes. */
static __always_inline void validation_watch_mounts(struct validation *validation, struct mount *mount)
{
	struct mnt_namespace *ns = (void *)KREAD_NUMBER(mount, mnt_ns);

	validation->namespace = (__u64)ns;
	if (is_namespace(ns))
		validation->mount_events = KREAD(ns, event);
	load_barrier(&validation->digest);
}

/*
 * Tells whether a mount has its place in the mount above it. While the kernel moves a mount, it changes parent and
 * mountpoint one after the other, and meanwhile keeps the mount out of its parent's list (attach_recursive_mnt() of
 * fs/namespace.c). The event counter moves only at the end.
 */
static __always_inline bool is_attached(struct mount *mount, struct dentry *mountpoint)
{
	struct mountpoint *at = (void *)KREAD_NUMBER(mount, mnt_mp);
	__u64 child = (__u64)mount + bpf_core_field_offset(struct mount, mnt_child);

	return KREAD_NUMBER(at, m_dentry) == (__u64)mountpoint && KREAD_NUMBER(mount, mnt_child.next) != child;
}

/*
 * Tells whether a second walk, which ended at this mount, found the same as the first, and no mount changed meanwhile.
 * The topmost mount must be the root of its namespace, since a mount that is being moved has none above it, either.
 */
static __always_inline bool validation_agrees(const struct validation *first, struct validation *second,
					      struct mount *last, bool topmost)
{
	struct mnt_namespace *ns;

	load_barrier(&second->digest);
	if (second->digest != first->digest || second->moving || first->moving)
		return 0;
	ns = (void *)KREAD_NUMBER(last, mnt_ns);
	if ((__u64)ns != first->namespace)
		return 0;
	return !is_namespace(ns) ||
	       (KREAD(ns, event) == first->mount_events && (!topmost || KREAD_NUMBER(ns, root) == (__u64)last));
}

/* The state of a second walk, which goes as walk_step() of path/walk.h does, without the names. */
struct retrace {
	struct dentry *dentry;
	struct mount *mount;
	bool topmost; /* the walk ended where no mount is above */
	struct validation validation;
};

static long retrace_step(__u64 step, struct retrace **on)
{
	struct retrace *again = *on;
	struct dentry *dentry = again->dentry;
	struct mount *mount = again->mount;
	struct mount *above;
	struct dentry *parent;

	digest_dentry(&again->validation, dentry);
	if (may_be_mounted_on(dentry))
		again->validation.spent = 1;
	if (dentry == KREAD(mount, mnt.mnt_root)) {
		above = KREAD(mount, mnt_parent);
		if (above == mount) {
			again->topmost = 1;
			return 1;
		}
		again->dentry = KREAD(mount, mnt_mountpoint);
		if (!is_attached(mount, again->dentry))
			again->validation.moving = 1;
		again->mount = above;
		digest_crossing(&again->validation, &again->mount, &again->dentry);
	} else {
		parent = KREAD(dentry, d_parent);
		if (parent == dentry)
			return 1;
		again->dentry = parent;
	}
	return 0;
}

/* Tells whether a second walk of so many steps finds the same way as the walk. */
static __always_inline bool validation_holds(const struct validation *validation, struct retrace *again,
					     struct file *file, __u32 steps)
{
	struct vfsmount *mnt = KREAD(file, f_path.mnt);

	*again = (struct retrace){};
	again->dentry = KREAD(file, f_path.dentry);
	again->mount = (void *)mnt - bpf_core_field_offset(struct mount, mnt);
	load_barrier(&again->validation.digest);
	bpf_loop(steps, retrace_step, &again, 0);
	return validation_agrees(validation, &again->validation, again->mount, again->topmost);
}

static __always_inline void validation_begin(struct validation *validation, const struct unraced_path_base *start)
{
	if (!start->mount)
		return;
	validation->state = START_SOUGHT;
	validation->base.mount = start->mount - bpf_core_field_offset(struct mount, mnt);
	validation->base.dentry = start->dentry;
}

#endif
