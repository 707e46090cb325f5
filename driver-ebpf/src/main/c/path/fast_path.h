/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file proves the usual open quickly: an absolute path of a few short names, without links, from the root of the
 * caller's mount namespace. The file's path then equals the requested path, so the way up compares name by name instead
 * of collecting the names first. In any other case this file decides nothing, and the whole walk of path/walk.h
 * decides. The proof of path/validation.h is the same.
 */
#ifndef UNRACED_PATH_FAST_PATH_H
#define UNRACED_PATH_FAST_PATH_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/compare.h"
#include "unraced/record.h"
#include "lib/core_access.h"
#include "lib/maps.h"
#include "path/validation.h"
#include "path/walk.h"

/*
 * The most steps on the way, each a name or a mount, and the longest name. Each step costs the verifier some hundred
 * instructions.
 */
#define FAST_STEPS 8
#define FAST_NAME 31

/*
 * The kernel compares names by words, too (dentry_string_cmp() of fs/dcache.c), so names are aligned. The mask ignores
 * bytes after the name's end, and unmapped memory reads as zeros.
 */
static __always_inline bool same_name(const __u8 *requested, __u32 at, __u64 name, __u32 length)
{
	__u64 difference;

	difference = (*(const __u64 *)&requested[unraced_masked(at)] ^ KREAD_WORD(name)) & bytes_within(length, 0);
	difference |= (*(const __u64 *)&requested[unraced_masked(at + 8)] ^ KREAD_WORD(name + 8)) &
		      bytes_within(length, 1);
	if (length > 16) {
		difference |= (*(const __u64 *)&requested[unraced_masked(at + 16)] ^ KREAD_WORD(name + 16)) &
			      bytes_within(length, 2);
		difference |= (*(const __u64 *)&requested[unraced_masked(at + 24)] ^ KREAD_WORD(name + 24)) &
			      bytes_within(length, 3);
	}
	return !difference;
}

enum fast_match {
	UNDECIDED, /* the names differ from the requested path, or only the whole walk can tell */
	NAMED,	   /* the names equal the requested path, and all were valid at one moment */
	PROVEN,	   /* NAMED, and the requested path starts at the same base */
};

/*
 * Moves to the parent mount and to the mountpoint on it. Both are numbers, since the verifier allows no arithmetic on
 * pointers.
 */
static __always_inline bool step_out(struct validation *validation, struct mount **mount, struct dentry **dentry)
{
	__u64 above = KREAD_FIELD_WORD(*mount, mnt_parent), mountpoint = KREAD_FIELD_WORD(*mount, mnt_mountpoint);

	if (above == (__u64)*mount)
		return 0;
	validation->crossed = 1;
	digest_add(validation, above);
	digest_add(validation, mountpoint);
	*mount = (struct mount *)above;
	*dentry = (struct dentry *)mountpoint;
	return 1;
}

/* Returns whether R2.33 asks for no flag; else the whole walk sets it. */
static __always_inline bool is_own_namespace(const struct walk *walk, __u32 own)
{
	struct mnt_namespace *ns = (void *)walk->validation.namespace;

	return KREAD(ns, ns.inum) == own && (!walk->event_ns_id || namespace_id(ns) == walk->event_ns_id);
}

/*
 * Returns whether the file's names are the requested ones. It goes up as walk_step() of path/walk.h does. When the walk
 * meets the requested path's base, no requested name may remain.
 */
static __always_inline bool match_names(struct walk *walk, struct file *file, __u32 own, const __u8 *requested)
{
	struct validation *validation = &walk->validation;
	struct vfsmount *mnt = KREAD(file, f_path.mnt);
	struct dentry *dentry = KREAD(file, f_path.dentry);
	struct mount *mount = (void *)mnt - bpf_core_field_offset(struct mount, mnt);

	validation_watch_mounts(validation, mount);
	for (int step = 0; step < FAST_STEPS; step++) {
		__u32 length, position = walk->position;

		digest_dentry(validation, dentry);
		if (validation->state == START_SOUGHT) {
			if (unraced_is_at_base(&validation->base, (__u64)mount, (__u64)dentry, validation->crossed)) {
				validation->state = START_FOUND;
				if (position)
					return 0;
			} else if (!validation->crossed && (KREAD(dentry, d_flags) & mounted_flag())) {
				return 0;
			}
		}
		if (dentry == KREAD(mount, mnt.mnt_root)) {
			if (step_out(validation, &mount, &dentry))
				continue;
			return !position && is_own_namespace(walk, own);
		}
		length = KREAD(dentry, d_name.len);
		if (!KREAD_FIELD_WORD(dentry, d_hash.pprev) || length > FAST_NAME || length >= position ||
		    requested[unraced_masked(position - length - 1)] != '/')
			return 0;
		position -= length;
		if (!same_name(requested, position, KREAD_FIELD_WORD(dentry, d_name.name), length))
			return 0;
		walk->position = position - 1;
		dentry = KREAD(dentry, d_parent);
		validation->crossed = 0;
	}
	return 0;
}

/* Goes the same way again, as validation_holds() of path/validation.h does. */
static __always_inline bool revalidate(struct walk *walk, struct file *file)
{
	const struct validation *before = &walk->validation;
	struct validation *validation = &walk->again.validation;
	struct vfsmount *mnt = KREAD(file, f_path.mnt);
	struct dentry *dentry = KREAD(file, f_path.dentry);
	struct mount *mount = (void *)mnt - bpf_core_field_offset(struct mount, mnt);

	*validation = (struct validation){};
	load_barrier(&validation->digest);
	for (int step = 0; step < FAST_STEPS; step++) {
		digest_dentry(validation, dentry);
		if (may_be_mounted_on(dentry))
			return 0;
		if (dentry == KREAD(mount, mnt.mnt_root)) {
			struct mount *below = mount;

			if (step_out(validation, &mount, &dentry)) {
				if (!is_attached(below, dentry))
					return 0;
				continue;
			}
			return validation_agrees(before, validation, mount, 1);
		}
		dentry = KREAD(dentry, d_parent);
	}
	return 0;
}

/*
 * Describes the file of the call in tail_context if its path was the requested one at one moment: the record then
 * stores that path once for both. Also returns whether the requested path is proven. The kernel verifies this function
 * once for all its callers.
 */
__noinline int match_fast_path(void)
{
	struct tail_context *from = SCRATCH(tail_context);
	struct builder *builder = SCRATCH(record_scratch);
	struct walk *walk = SCRATCH(walk_scratch);
	struct unraced_record *record;
	struct dentry *dentry;
	struct file *file;

	if (!bpf_ksym_exists(bpf_rdonly_cast) || !from || !builder || !walk)
		return UNDECIDED;
	record = &builder->record;
	file = (struct file *)from->opened_file;
	dentry = KREAD(file, f_path.dentry);
	if (!record->mount_ns || (record->flags & UNRACED_TRUNCATED) || !KREAD_FIELD_WORD(dentry, d_hash.pprev))
		return UNDECIDED;
	walk_reset(walk);
	walk->position = record->open.path.length;
	if (!match_names(walk, file, record->mount_ns, builder->tail) || !revalidate(walk, file))
		return UNDECIDED;
	record->open.resolved = record->open.path;
	return walk->validation.state == START_FOUND ? PROVEN : NAMED;
}

#endif
