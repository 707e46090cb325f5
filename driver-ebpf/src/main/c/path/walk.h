/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file finds the path of an opened file (R2.21). The walk climbs from its dentry to the root of the mount,
 * continues at the mountpoint, and so on to the root of the mount namespace. It does as d_absolute_path() of
 * fs/d_path.c, without its locks, so a rename meanwhile mixes old and new names. Therefore each walk is validated
 * (path/validation.h), and repeated if that fails.
 */
#ifndef UNRACED_PATH_WALK_H
#define UNRACED_PATH_WALK_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/evidence.h"
#include "unraced/record.h"
#include "lib/core_access.h"
#include "lib/maps.h"
#include "path/validation.h"

/* Enough for twice the longest path of one-letter names. */
#define WALK_STEPS 4096
/*
 * A walk is repeated up to this often until it is valid; long walks are not repeated, since a program must not hold its
 * CPU for long.
 */
#define WALK_TRIES 4
#define SHORT_WALK 256

/*
 * The walk is in a map, not on the stack, where the verifier would explore each combination of field values. To the
 * verifier, pointers from a map are numbers.
 */
struct walk {
	struct dentry *dentry;
	struct mount *mount;
	struct dentry *root; /* root dentry of the mount */
	__u32 event_ns;	/* inode number of the mount namespace that the event names */
	__u64 event_ns_id; /* its identity, if the number can have come again meanwhile, else 0 */
	__u32 position; /* position of the first byte written so far */
	__u32 flags;	/* enum unraced_flag */
	__u32 mounts_left; /* number of mounts that may still be searched */
	__u32 steps;
	__u32 unfit; /* 1: the last walk was not valid */
	struct file *file;
	struct unraced_path_base start; /* the requested path's base; zeros if integrity is not judged */
	struct validation validation;
	struct retrace again;
	__u8 bytes[WALK_BYTES + 256]; /* the path is built from its end, as the walk goes from leaf to root */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct walk);
} walk_scratch SEC(".maps");

/*
 * Begins a walk from a file, for an event of this mount namespace. "start" is the base of a path to be judged, or
 * null.
 */
static __always_inline void walk_begin(struct walk *walk, struct file *file, __u32 mount_ns,
				       const struct unraced_path_base *start)
{
	walk->event_ns = mount_ns;
	walk->event_ns_id = 0;
	walk->mounts_left = MOUNT_STEPS;
	walk->file = file;
	walk->start = start ? *start : (struct unraced_path_base){};
}

/* Clears the results of an earlier walk. */
static __always_inline void walk_reset(struct walk *walk)
{
	walk->position = WALK_BYTES;
	walk->flags = 0;
	walk->validation = (struct validation){};
	validation_begin(&walk->validation, &walk->start);
}

/* Puts a name in front of the path so far. */
static __always_inline bool prepend(struct walk *walk, struct dentry *dentry)
{
	__u32 length = KREAD(dentry, d_name.len);
	const unsigned char *name = KREAD(dentry, d_name.name);
	__u32 position = walk->position;

	/* NAME_MAX of uapi/linux/limits.h; one byte is kept free for the slash. */
	if (length > 255 || length + 2 > position) {
		walk->flags |= UNRACED_RESOLVED_TRUNCATED;
		return 0;
	}
	position -= length;
	bpf_probe_read_kernel(&walk->bytes[position & (WALK_BYTES - 1)], length, name);
	walk->position = position;
	return 1;
}

/*
 * Puts a slash and a name in front of the path so far. A path that is too long has no room for the names above it, but
 * they tell whether anything leads to the file (R2.23, R2.33), so the walk goes on.
 */
static __always_inline void add_name(struct walk *walk, struct dentry *dentry)
{
	if (walk->flags & UNRACED_RESOLVED_TRUNCATED)
		return;
	if (prepend(walk, dentry)) {
		walk->position--;
		walk->bytes[walk->position & (WALK_BYTES - 1)] = '/';
	} else if (walk->validation.state == START_SOUGHT) {
		walk->validation.state = START_UNWANTED;
	}
}

/* Returns the namespace's identity, which is never given out again, unlike its inode number. */
static __always_inline __u64 namespace_id(struct mnt_namespace *ns)
{
	return bpf_core_field_exists(ns->ns.ns_id) ? KREAD(ns, ns.ns_id) : KREAD(ns, seq);
}

/* Returns the flag that follows from the namespace of the file's mount (R2.33). */
static __always_inline __u32 namespace_flag(const struct walk *walk)
{
	struct mnt_namespace *ns = (void *)walk->validation.namespace;
	__u32 number;

	if (!is_namespace(ns))
		return UNRACED_DETACHED;
	number = KREAD(ns, ns.inum);
	return unraced_namespace_flag(number, number == walk->event_ns &&
				      (!walk->event_ns_id || namespace_id(ns) == walk->event_ns_id));
}

/* The context of bpf_loop() must be on the stack, so it is a pointer to the walk. */
static long walk_step(__u64 step, struct walk **on)
{
	struct walk *walk = *on;
	struct dentry *dentry = walk->dentry;
	struct dentry *parent;

	if (validation_meets_base(&walk->validation, walk->mount, dentry, &walk->mounts_left))
		walk->validation.position = walk->position;
	digest_dentry(&walk->validation, dentry);
	if (dentry == walk->root) {
		struct mount *mount = walk->mount;
		struct mount *above = KREAD(mount, mnt_parent);

		if (above == mount) {
			walk->flags |= namespace_flag(walk);
			return 1;
		}
		walk->dentry = KREAD(mount, mnt_mountpoint);
		walk->mount = above;
		digest_crossing(&walk->validation, &walk->mount, &walk->dentry);
		walk->root = KREAD(above, mnt.mnt_root);
		return 0;
	}
	parent = KREAD(dentry, d_parent);
	if (parent == dentry) {
		/*
		 * The walk ends at the root of a separate tree, such as a pipe's or a memfd's, or outside the part that
		 * a bind mount shows.
		 */
		walk->flags |= UNRACED_DETACHED;
		if (walk->position == WALK_BYTES)
			prepend(walk, dentry);
		return 1;
	}
	/* A directory on the way has no name any more: the file system removed or invalidated it with all below it. */
	if (!KREAD(dentry, d_hash.pprev))
		walk->flags |= UNRACED_DELETED;
	add_name(walk, dentry);
	walk->dentry = parent;
	walk->validation.crossed = 0;
	return 0;
}

/* Fills the walk's bytes from position to WALK_BYTES, and its flags. */
static __always_inline void walk_up(struct walk *walk)
{
	struct file *file = walk->file;
	struct dentry *dentry = KREAD(file, f_path.dentry);
	struct vfsmount *mnt = KREAD(file, f_path.mnt);

	walk->dentry = dentry;
	walk->mount = (void *)mnt - bpf_core_field_offset(struct mount, mnt);
	walk->root = KREAD(mnt, mnt_root);
	validation_watch_mounts(&walk->validation, walk->mount);
	/*
	 * This is the test of d_unlinked() of include/linux/dcache.h. The root of a mount has the name of its
	 * mountpoint.
	 */
	if (dentry != walk->root && !KREAD(dentry, d_hash.pprev) && KREAD(dentry, d_parent) != dentry)
		walk->flags |= UNRACED_DELETED;
	walk->steps = bpf_loop(WALK_STEPS, walk_step, &walk, 0);
	if (walk->steps == WALK_STEPS) {
		walk->flags |= UNRACED_RESOLVED_TRUNCATED;
		walk->validation.spent = 1;
	}
	if (walk->flags & UNRACED_RESOLVED_TRUNCATED) {
		/* The walk may not have reached the topmost mount, but all mounts of a tree have the same namespace. */
		walk->flags |= namespace_flag(walk);
		/* The tail of a path has no leading slash. */
		if (walk->position < WALK_BYTES)
			walk->position++;
	}
	if (walk->position == WALK_BYTES && !(walk->flags & UNRACED_DETACHED)) {
		walk->position--;
		walk->bytes[WALK_BYTES - 1] = '/';
	}
}

static long walk_try(__u64 number, struct walk **on)
{
	struct walk *walk = *on;

	walk_reset(walk);
	walk_up(walk);
	walk->unfit = !validation_holds(&walk->validation, &walk->again, walk->file, walk->steps);
	walk->validation.spent |= walk->again.validation.spent;
	return (!walk->unfit && !walk->again.validation.spent) || walk->steps > SHORT_WALK;
}

/*
 * Finds the path and the flags of the walk's file, all of one moment, or flagged RESOLVED_UNSTABLE. The kernel verifies
 * this function once for all its callers.
 */
__noinline int find_path(struct walk *walk)
{
	if (!walk)
		return 0;
	bpf_loop(WALK_TRIES, walk_try, &walk, 0);
	if (walk->unfit)
		walk->flags |= UNRACED_RESOLVED_UNSTABLE;
	return 0;
}

#endif
