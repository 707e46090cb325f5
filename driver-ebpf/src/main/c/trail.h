/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The way from an opened file up to the root of its mount namespace. A path is true if all of that way held at one moment,
 * and a claim is proven if the way leads through the place where the claimed path starts. Programs can take no locks. But
 * the kernel moves a dentry's d_seq with its name, its parent and its removal (__d_move() and __d_drop() of fs/dcache.c),
 * and a namespace's event counter with its mounts (touch_mnt_namespace() of fs/namespace.c). So a second walk that finds
 * the same counts and the same mounts shows that nothing changed between the two.
 */
#ifndef UNRACED_TRAIL_H
#define UNRACED_TRAIL_H

/* More mounts than this are not looked through for one call, however many names its path has. */
#define MOUNT_STEPS 1024

enum trail_state {
	TRAIL_UNWANTED, /* integrity is off, or nobody knows where the path starts */
	TRAIL_SOUGHT,
	TRAIL_MET, /* it leads to the start */
};

struct trail {
	__u64 mount; /* of the start: struct mount */
	__u64 dentry;
	__u64 digest;  /* of all counts and mounts on the way */
	__u32 position; /* of the walk where it met the start */
	__u8 state;
	__u8 crossed; /* the walk came down to a mountpoint from the root of what is mounted there */
	__u8 covered; /* something is mounted over a name on the way, or there were too many mounts to look through */
	__u8 moving;  /* a rename was under way */
};

#ifdef __TARGET_ARCH_x86
/* Loads keep their order. */
#define ordered(trail) asm volatile("" ::: "memory")
#else
/* An atomic operation that returns a value is a full barrier. */
#define ordered(trail) (void)__sync_val_compare_and_swap(&(trail)->digest, 0, 0)
#endif

static __always_inline void trail_note(struct trail *trail, __u64 what)
{
	trail->digest = ((trail->digest ^ what) * 0x9e3779b97f4a7c15ull) ^ (trail->digest >> 29);
}

/*
 * A mount has no count; which one it is, and where it is mounted, is all there is to compare. Both are read from a map, as
 * the verifier allows no arithmetic with what it takes for a pointer.
 */
static __always_inline void note_crossing(struct trail *trail, struct mount *const volatile *above,
					  struct dentry *const volatile *mountpoint)
{
	trail->crossed = 1;
	trail_note(trail, (__u64)*above);
	trail_note(trail, (__u64)*mountpoint);
}

struct cover {
	struct list_head *at;
	struct list_head *end;
	struct dentry *dentry;
	__u32 found;
};

static long cover_step(__u64 step, struct cover *cover)
{
	/* By a variable: GET would relocate the way to it as well, and the kernel has no struct cover. */
	struct list_head *at = cover->at;
	struct mount *child = (void *)at - bpf_core_field_offset(struct mount, mnt_child);

	if (at == cover->end)
		return 1;
	if (GET(child, mnt_mountpoint) == cover->dentry) {
		cover->found = 1;
		return 1;
	}
	cover->at = GET(at, next);
	return 0;
}

static __always_inline __u32 mounted_flag(void)
{
	if (bpf_core_enum_value_exists(enum dentry_flags, DCACHE_MOUNTED))
		return bpf_core_enum_value(enum dentry_flags, DCACHE_MOUNTED);
	return DCACHE_MOUNTED;
}

/*
 * The flag says that something is mounted on the dentry, but not in which mount or namespace. All looks of a call share one
 * budget: an attacker can mount thousands of directories over each name of a path of thousands of names.
 */
static __always_inline void look_for_cover(struct trail *trail, struct mount *mount, struct dentry *dentry,
					   __u32 *budget)
{
	struct cover cover = { .dentry = dentry };
	__u32 left = *budget;
	long steps;

	if (!(GET(dentry, d_flags) & mounted_flag()))
		return;
	if (!left || left > MOUNT_STEPS) {
		trail->covered = 1;
		return;
	}
	cover.end = (void *)mount + bpf_core_field_offset(struct mount, mnt_mounts);
	cover.at = GET(mount, mnt_mounts.next);
	steps = bpf_loop(left, cover_step, &cover, 0);
	*budget = left > steps ? left - steps : 0;
	if (cover.found || steps >= left)
		trail->covered = 1;
}

/*
 * Whether the walk is at the start. It is not where the start is a mountpoint that the walk came down to: from there,
 * no name leads into what is mounted on it.
 */
static __always_inline bool at_start(const struct trail *trail, struct mount *mount, struct dentry *dentry)
{
	return !trail->crossed && (__u64)dentry == trail->dentry && (__u64)mount == trail->mount;
}

static __always_inline void note_dentry(struct trail *trail, struct dentry *dentry)
{
	__u32 sequence = GET(dentry, d_seq.seqcount.sequence);

	if (sequence & 1)
		trail->moving = 1;
	trail_note(trail, sequence);
	ordered(trail);
}

static __always_inline bool trail_visit(struct trail *trail, struct mount *mount, struct dentry *dentry, __u32 *budget)
{
	if (trail->state != TRAIL_SOUGHT)
		return 0;
	if (at_start(trail, mount, dentry)) {
		trail->state = TRAIL_MET;
		return 1;
	}
	if (!trail->crossed)
		look_for_cover(trail, mount, dentry, budget);
	return 0;
}

/* The kernel keeps some mounts for itself: their namespace is null, or an error pointer. */
static __always_inline bool is_namespace(const struct mnt_namespace *ns)
{
	return ns && !((long)ns < 0 && (long)ns > -4096);
}

/* At the topmost mount: all that was noted before held now, if a second walk finds the same. */
static __always_inline void note_namespace(struct trail *trail, struct mount *topmost)
{
	__u64 address = NUMBER_OF(topmost, mnt_ns);
	struct mnt_namespace *ns = (void *)address;

	trail_note(trail, address);
	if (is_namespace(ns))
		trail_note(trail, GET(ns, event));
	ordered(trail);
}

/* The way up once more, as walk_step() of walk.h goes it, without the names. */
struct retrace {
	struct dentry *dentry;
	struct mount *mount;
	struct trail trail;
};

static long retrace_step(__u64 step, struct retrace **on)
{
	struct retrace *again = *on;
	struct dentry *dentry = again->dentry;
	struct mount *mount = again->mount;
	struct mount *above;
	struct dentry *parent;

	note_dentry(&again->trail, dentry);
	if (dentry == GET(mount, mnt.mnt_root)) {
		above = GET(mount, mnt_parent);
		if (above == mount) {
			note_namespace(&again->trail, mount);
			return 1;
		}
		again->dentry = GET(mount, mnt_mountpoint);
		again->mount = above;
		note_crossing(&again->trail, &again->mount, &again->dentry);
	} else {
		parent = GET(dentry, d_parent);
		if (parent == dentry)
			return 1;
		again->dentry = parent;
	}
	return 0;
}

/* Tells whether the way is still what the walk found, which took so many steps. */
static __always_inline bool trail_holds(const struct trail *trail, struct retrace *again, struct file *file, __u32 steps)
{
	struct vfsmount *mnt = GET(file, f_path.mnt);

	*again = (struct retrace){};
	again->dentry = GET(file, f_path.dentry);
	again->mount = (void *)mnt - bpf_core_field_offset(struct mount, mnt);
	ordered(&again->trail);
	bpf_loop(steps, retrace_step, &again, 0);
	return again->trail.digest == trail->digest && !again->trail.moving && !trail->moving;
}

static __always_inline void trail_begin(struct trail *trail, const struct place *start)
{
	if (!start->mount)
		return;
	trail->state = TRAIL_SOUGHT;
	trail->mount = start->mount - bpf_core_field_offset(struct mount, mnt);
	trail->dentry = start->dentry;
}

#endif
