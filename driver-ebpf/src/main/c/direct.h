/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The usual open, quickly: an absolute path of a few short names, none of them a link, from the root of the caller's
 * mount namespace. Then the path that the file has is the one that was passed, so it is enough to compare name by name
 * on the way up, instead of collecting the names first. In any other case nothing is said here, and the whole walk of
 * walk.h tells; the proof of trail.h is the same.
 */
#ifndef UNRACED_DIRECT_H
#define UNRACED_DIRECT_H

/* Names and mounts on the way. Each costs the verifier some hundred steps. */
#define DIRECT_STEPS 8
#define DIRECT_NAME 31

/*
 * The kernel compares names by words, too (dentry_string_cmp() of fs/dcache.c), so they are aligned. What is read
 * behind the end does not count, and memory that is not there reads as zeros.
 */
static __always_inline bool same_name(const __u8 *claim, __u32 at, __u64 name, __u32 length)
{
	__u64 difference;

	difference = (*(const __u64 *)&claim[masked(at)] ^ WORD_AT(name)) & bytes_within(length, 0);
	difference |= (*(const __u64 *)&claim[masked(at + 8)] ^ WORD_AT(name + 8)) & bytes_within(length, 1);
	if (length > 16) {
		difference |= (*(const __u64 *)&claim[masked(at + 16)] ^ WORD_AT(name + 16)) & bytes_within(length, 2);
		difference |= (*(const __u64 *)&claim[masked(at + 24)] ^ WORD_AT(name + 24)) & bytes_within(length, 3);
	}
	return !difference;
}

enum direct {
	INDIRECT, /* the names are not the claim's, or it takes more to find out */
	NAMED,	  /* they are, and all were at one moment */
	PROVEN,	  /* and the claim starts where they do */
};

/* The mount above, and where on it. As numbers, since the verifier allows no arithmetic with what it takes for pointers. */
static __always_inline bool step_out(struct trail *trail, struct mount **mount, struct dentry **dentry)
{
	__u64 above = WORD_OF(*mount, mnt_parent), mountpoint = WORD_OF(*mount, mnt_mountpoint);

	if (above == (__u64)*mount)
		return 0;
	trail->crossed = 1;
	trail_note(trail, above);
	trail_note(trail, mountpoint);
	*mount = (struct mount *)above;
	*dentry = (struct dentry *)mountpoint;
	return 1;
}

static __always_inline __u32 namespace_of(struct mount *mount)
{
	struct mnt_namespace *ns = GET(mount, mnt_ns);

	return GET(ns, ns.inum);
}

/*
 * Whether the file's names are the claim's: as walk_step() of walk.h goes. Where the claim starts is where its first name
 * is; above that there are no more names.
 */
static __always_inline bool climb(struct walk *walk, struct file *file, __u32 own, const __u8 *claim)
{
	struct trail *trail = &walk->trail;
	struct vfsmount *mnt = GET(file, f_path.mnt);
	struct dentry *dentry = GET(file, f_path.dentry);
	struct mount *mount = (void *)mnt - bpf_core_field_offset(struct mount, mnt);

	for (int step = 0; step < DIRECT_STEPS; step++) {
		__u32 length, position = walk->position;

		note_dentry(trail, dentry);
		if (trail->state == TRAIL_SOUGHT) {
			if (at_start(trail, mount, dentry)) {
				trail->state = TRAIL_MET;
				if (position)
					return 0;
			} else if (!trail->crossed && (GET(dentry, d_flags) & mounted_flag())) {
				return 0;
			}
		}
		if (dentry == GET(mount, mnt.mnt_root)) {
			if (step_out(trail, &mount, &dentry))
				continue;
			note_namespace(trail, mount);
			return !position && namespace_of(mount) == own;
		}
		length = GET(dentry, d_name.len);
		if (length > DIRECT_NAME || length >= position || claim[masked(position - length - 1)] != '/')
			return 0;
		position -= length;
		if (!same_name(claim, position, WORD_OF(dentry, d_name.name), length))
			return 0;
		walk->position = position - 1;
		dentry = GET(dentry, d_parent);
		trail->crossed = 0;
	}
	return 0;
}

/* The way up once more, as trail_holds() of trail.h goes it. */
static __always_inline bool climb_again(struct walk *walk, struct file *file)
{
	const struct trail *before = &walk->trail;
	struct trail *trail = &walk->again.trail;
	struct vfsmount *mnt = GET(file, f_path.mnt);
	struct dentry *dentry = GET(file, f_path.dentry);
	struct mount *mount = (void *)mnt - bpf_core_field_offset(struct mount, mnt);

	*trail = (struct trail){};
	ordered(trail);
	for (int step = 0; step < DIRECT_STEPS; step++) {
		note_dentry(trail, dentry);
		if (dentry == GET(mount, mnt.mnt_root)) {
			if (step_out(trail, &mount, &dentry))
				continue;
			note_namespace(trail, mount);
			return trail->digest == before->digest && !trail->moving && !before->moving;
		}
		dentry = GET(dentry, d_parent);
	}
	return 0;
}

/*
 * Describes the file of an unfinished call, if its path is the claimed one and was so at one moment: the record names it once
 * for both. Tells whether the claim is proven, too. Verified once for all ways in which it can be called.
 */
__noinline int describe_directly(void)
{
	struct unfinished *from = SCRATCH(unfinished);
	struct draft *draft = SCRATCH(record_scratch);
	struct walk *walk = SCRATCH(walk_scratch);
	struct unraced_record *record;
	struct dentry *dentry;
	struct file *file;

	if (!bpf_ksym_exists(bpf_rdonly_cast) || !from || !draft || !walk)
		return INDIRECT;
	record = &draft->record;
	file = (struct file *)from->file;
	dentry = GET(file, f_path.dentry);
	if (!record->mount_ns || (record->flags & UNRACED_TRUNCATED) || !WORD_OF(dentry, d_hash.pprev))
		return INDIRECT;
	walk_reset(walk);
	walk->position = record->open.path.length;
	if (!climb(walk, file, record->mount_ns, draft->tail) || !climb_again(walk, file))
		return INDIRECT;
	record->open.resolved = record->open.path;
	return walk->trail.state == TRAIL_MET ? PROVEN : NAMED;
}

#endif
