// SPDX-License-Identifier: GPL-2.0-only
#include <linux/dcache.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "capture.h"
#include "mounts.h"
#include "walk.h"

/* Names and mounts on the longest way: a path of one-letter names, twice. */
#define STEPS 4096
/* MNT_NS_ANON_INO of newer kernels; older ones give such a namespace no number */
#define ANONYMOUS 0xEFFFFFF7u

static void note(struct unraced_walk *walk, u64 what)
{
	if (walk->state == UNRACED_TRAIL_SOUGHT)
		walk->digest = ((walk->digest ^ what) * 0x9e3779b97f4a7c15ull) ^ (walk->digest >> 29);
}

static void note_dentry(struct unraced_walk *walk)
{
	unsigned int sequence = READ_ONCE(walk->dentry->d_seq.seqcount.sequence);

	if (sequence & 1)
		walk->moving = true;
	note(walk, sequence);
	smp_rmb();
}

/* Not where the start is a mountpoint that the walk came down to: no name leads from there into what is mounted on it. */
static bool at_start(const struct unraced_walk *walk)
{
	return !walk->crossed && (u64)walk->dentry == walk->start.dentry && (u64)walk->mount == walk->start.mount;
}

static void visit(struct unraced_walk *walk)
{
	struct path here = { .mnt = (struct vfsmount *)walk->mount, .dentry = walk->dentry };

	if (walk->state != UNRACED_TRAIL_SOUGHT)
		return;
	if (at_start(walk)) {
		walk->state = UNRACED_TRAIL_MET;
		walk->met_at = walk->position;
		return;
	}
	/* What is mounted on a name hides what was opened. */
	if (walk->bytes && !walk->crossed && path_is_mountpoint(&here))
		walk->covered = true;
	note_dentry(walk);
}

/* Puts a slash and the name in front of what is there. */
static bool prepend(struct unraced_walk *walk)
{
	struct dentry *dentry = walk->dentry;
	bool fits;

	if (!walk->bytes)
		return true;
	spin_lock(&dentry->d_lock);
	fits = dentry->d_name.len < walk->position;
	if (fits) {
		walk->position -= dentry->d_name.len;
		memcpy(walk->bytes + walk->position, dentry->d_name.name, dentry->d_name.len);
		walk->bytes[--walk->position] = '/';
	} else {
		walk->flags |= UNRACED_RESOLVED_TRUNCATED;
	}
	spin_unlock(&dentry->d_lock);
	return fits;
}

/* What the namespace of the topmost mount tells. */
static u32 place_of(const struct mnt_namespace *ns)
{
	u32 number;

	if (IS_ERR_OR_NULL(ns))
		return UNRACED_DETACHED;
	if (current->nsproxy && ns == current->nsproxy->mnt_ns)
		return 0;
	number = unraced_namespace_number(ns);
	return number == 0 || number == ANONYMOUS ? UNRACED_DETACHED : UNRACED_FOREIGN_MOUNT_NS;
}

/* From the root of a mount to where it is mounted; false at the top. */
static bool cross(struct unraced_walk *walk)
{
	const struct vfsmount *above = unraced_mount_above(walk->mount);

	if (above == walk->mount) {
		walk->flags |= place_of(unraced_mount_namespace(above));
		return false;
	}
	walk->dentry = unraced_mountpoint(walk->mount);
	walk->mount = above;
	walk->crossed = true;
	note(walk, (u64)above);
	note(walk, (u64)walk->dentry);
	return true;
}

/* A file of a tree of its own, such as a pipe's or a memfd's, or of one that a bind mount shows a part of. */
static void end_outside(struct unraced_walk *walk)
{
	walk->flags |= UNRACED_DETACHED;
	if (walk->bytes && walk->position == UNRACED_PATH_ROOM && prepend(walk))
		walk->position++;
}

static bool step(struct unraced_walk *walk)
{
	struct dentry *parent;

	visit(walk);
	if (!walk->bytes && walk->state == UNRACED_TRAIL_MET)
		return false;
	if (walk->dentry == walk->mount->mnt_root)
		return cross(walk);
	parent = READ_ONCE(walk->dentry->d_parent);
	if (parent == walk->dentry) {
		end_outside(walk);
		return false;
	}
	if (!prepend(walk))
		return false;
	walk->dentry = parent;
	walk->crossed = false;
	return true;
}

static void begin(struct unraced_walk *walk, struct file *file, const struct unraced_place *start)
{
	memset(walk, 0, sizeof(*walk));
	walk->mount = file->f_path.mnt;
	walk->dentry = file->f_path.dentry;
	walk->position = UNRACED_PATH_ROOM;
	walk->start = *start;
	walk->state = start->mount ? UNRACED_TRAIL_SOUGHT : UNRACED_TRAIL_UNWANTED;
}

static void go(struct unraced_walk *walk)
{
	u32 steps = 0;

	rcu_read_lock();
	while (step(walk)) {
		if (++steps == STEPS) {
			walk->flags |= UNRACED_RESOLVED_TRUNCATED;
			break;
		}
	}
	rcu_read_unlock();
}

void unraced_walk_up(struct unraced_walk *walk, struct file *file, u8 *path, const struct unraced_place *start)
{
	begin(walk, file, start);
	walk->bytes = path;
	if (d_unlinked(walk->dentry))
		walk->flags |= UNRACED_DELETED;
	go(walk);
	if (walk->position == UNRACED_PATH_ROOM && !(walk->flags & UNRACED_DETACHED))
		path[--walk->position] = '/';
}

bool unraced_walk_holds(const struct unraced_walk *walk, struct file *file)
{
	struct unraced_walk again;

	smp_rmb();
	begin(&again, file, &walk->start);
	go(&again);
	return again.state == UNRACED_TRAIL_MET && again.digest == walk->digest && !again.moving && !walk->moving;
}
