/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The path of an opened file: from its dentry up to the root of the mount, from there to the place where the mount is
 * mounted, and so on up to the root of the mount namespace. As d_absolute_path() of fs/d_path.c, without its locks: a
 * rename in between may mix old and new names. Whoever builds on the names has to walk again, see trail.h.
 */
#ifndef UNRACED_WALK_H
#define UNRACED_WALK_H

/* A path of one-letter components fits twice. */
#define WALK_STEPS 4096

/*
 * In a map, not on the stack: what the verifier knew of each field there, it would follow in every combination. Pointers
 * are numbers to it here.
 */
struct walk {
	struct dentry *dentry;
	struct mount *mount;
	struct dentry *root; /* of mount */
	struct mnt_namespace *own; /* the caller's */
	__u32 position; /* of the first byte written so far */
	__u32 flags;	/* enum unraced_flag */
	struct trail trail;
	struct retrace again;
	__u8 bytes[WALK_BYTES + 256]; /* the path is built from its end, as the walk goes from leaf to root */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct walk);
} walk_scratch SEC(".maps");

/* What went before must not be taken for this one's. */
static __always_inline void walk_begin(struct walk *walk)
{
	walk->position = WALK_BYTES;
	walk->flags = 0;
	walk->trail = (struct trail){};
}

/* Puts a name in front of what is there. */
static __always_inline bool prepend(struct walk *walk, struct dentry *dentry)
{
	__u32 length = GET(dentry, d_name.len);
	const unsigned char *name = GET(dentry, d_name.name);
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

/* What the namespace of the topmost mount tells, as a flag. */
static __always_inline __u32 where(const struct walk *walk, struct mnt_namespace *ns)
{
	__u32 number;

	/* Null, or an error pointer, for mounts that the kernel keeps for itself. */
	if (!ns || ((long)ns < 0 && (long)ns > -4096))
		return UNRACED_DETACHED;
	if (ns == walk->own)
		return 0;
	number = GET(ns, ns.inum);
	return number == 0 || number == ANONYMOUS_MOUNT_NS ? UNRACED_DETACHED : UNRACED_FOREIGN_MOUNT_NS;
}

/* What bpf_loop() hands on must be on the stack: a pointer. */
static long walk_step(__u64 step, struct walk **on)
{
	struct walk *walk = *on;
	struct dentry *dentry = walk->dentry;
	struct dentry *parent;

	if (walk->trail.state == TRAIL_SOUGHT && trail_visit(&walk->trail, walk->mount, dentry))
		walk->trail.position = walk->position;
	if (dentry == walk->root) {
		struct mount *mount = walk->mount;
		struct mount *above = GET(mount, mnt_parent);

		if (above == mount) {
			walk->flags |= where(walk, GET(mount, mnt_ns));
			return 1;
		}
		walk->dentry = GET(mount, mnt_mountpoint);
		walk->mount = above;
		note_crossing(&walk->trail, &walk->mount, &walk->dentry);
		walk->root = GET(above, mnt.mnt_root);
		return 0;
	}
	parent = GET(dentry, d_parent);
	if (parent == dentry) {
		/* A tree of its own, such as a pipe's or a memfd's, or one that a bind mount shows a part of. */
		walk->flags |= UNRACED_DETACHED;
		if (walk->position == WALK_BYTES)
			prepend(walk, dentry);
		return 1;
	}
	if (!prepend(walk, dentry))
		return 1;
	walk->position--;
	walk->bytes[walk->position & (WALK_BYTES - 1)] = '/';
	walk->dentry = parent;
	walk->trail.crossed = 0;
	return 0;
}

/* Fills the walk's bytes from position to WALK_BYTES, and its flags. It must have begun, and its trail, if wanted. */
static __always_inline void walk_up(struct walk *walk, struct file *file, struct task_struct *task)
{
	struct dentry *dentry = GET(file, f_path.dentry);
	struct vfsmount *mnt = GET(file, f_path.mnt);
	struct nsproxy *proxy = GET(task, nsproxy);

	walk->own = GET(proxy, mnt_ns);
	walk->dentry = dentry;
	walk->mount = (void *)mnt - bpf_core_field_offset(struct mount, mnt);
	walk->root = GET(mnt, mnt_root);
	/* Unlinked, as d_unlinked() of include/linux/dcache.h has it. */
	if (!GET(dentry, d_hash.pprev) && GET(dentry, d_parent) != dentry)
		walk->flags |= UNRACED_DELETED;
	if (bpf_loop(WALK_STEPS, walk_step, &walk, 0) == WALK_STEPS)
		walk->flags |= UNRACED_RESOLVED_TRUNCATED;
	if (walk->position == WALK_BYTES && !(walk->flags & UNRACED_DETACHED)) {
		walk->position--;
		walk->bytes[WALK_BYTES - 1] = '/';
	}
}

#endif
