// SPDX-License-Identifier: GPL-2.0-only
#include <linux/dcache.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "path/mounts.h"
#include "path/walk.h"
#include "unraced/evidence.h"
#include "unraced/record.h"

/*
 * The budget of all walks of a call: steps, and searches for a mount over a name. A call takes well below a
 * millisecond, however many mounts lie over its path, and however often other tasks rename (R2.48).
 */
#define MOST_STEPS (3 * UNRACED_WALK_STEPS)
#define MOST_LOOKUPS 128
/* The number of walks, if the budget lasts; the last one runs under rename_lock. */
#define TRIES 4

static struct unraced_step *next_step(struct unraced_walk *walk)
{
	return &walk->steps[walk->count++];
}

static unsigned int sequence_of(const struct dentry *dentry)
{
	return READ_ONCE(dentry->d_seq.seqcount.sequence);
}

static void add_dentry(struct unraced_walk *walk)
{
	struct unraced_step *step = next_step(walk);

	step->dentry = walk->dentry;
	step->below = NULL;
	step->sequence = sequence_of(walk->dentry);
	if (step->sequence & 1)
		walk->moving = true;
	/* The sequence number must be read before the data that it guards. */
	smp_rmb();
}

static void add_mount(struct unraced_walk *walk, const struct vfsmount *below)
{
	struct unraced_step *step = next_step(walk);

	step->dentry = walk->dentry;
	step->below = below;
	step->above = walk->mount;
	walk->crossings = walk->count;
}

/* path_is_mountpoint() asks in this namespace; the dentry's flag may be about another namespace. */
static bool is_mounted_over(const struct unraced_walk *walk)
{
	struct path here = { .mnt = (struct vfsmount *)walk->mount, .dentry = walk->dentry };

	return path_is_mountpoint(&here);
}

static void look_for_overmount(struct unraced_walk *walk)
{
	if (walk->crossed || !d_mountpoint(walk->dentry))
		return;
	if (!walk->lookups_left) {
		walk->spent = true;
		return;
	}
	walk->lookups_left--;
	if (is_mounted_over(walk))
		walk->overmounted = true;
}

static void visit(struct unraced_walk *walk)
{
	add_dentry(walk);
	if (walk->state != UNRACED_START_SOUGHT)
		return;
	if (unraced_is_at_base(&walk->start, (u64)walk->mount, (u64)walk->dentry, walk->crossed)) {
		walk->state = UNRACED_START_FOUND;
		walk->start_position = walk->position;
		return;
	}
	/* A mount over a name hides the opened file. */
	look_for_overmount(walk);
}

/* Puts a slash and the name in front of the path, if there is room. */
static bool put_name(struct unraced_walk *walk, const u8 *name, u32 length)
{
	if (length >= walk->position)
		return false;
	walk->position -= length;
	memcpy(walk->bytes + walk->position, name, length);
	walk->bytes[--walk->position] = '/';
	return true;
}

/*
 * Puts the dentry's name in front of the path. All opens below the dentry contend for its lock, so the walk takes it
 * only during a rename. The memory of a name stays as long as the RCU section. Name and length must belong together, so
 * the sequence number of the step is checked before the copy. The end of the walk detects later changes.
 */
static bool prepend(struct unraced_walk *walk)
{
	const struct unraced_step *step = &walk->steps[walk->count - 1];
	struct dentry *dentry = walk->dentry;
	const u8 *name = READ_ONCE(dentry->d_name.name);
	u32 length = READ_ONCE(dentry->d_name.len);
	bool fits;

	/* Name and length must be read before the sequence number is read again. */
	smp_rmb();
	if (!(step->sequence & 1) && sequence_of(dentry) == step->sequence) {
		fits = put_name(walk, name, length);
	} else {
		spin_lock(&dentry->d_lock);
		fits = put_name(walk, dentry->d_name.name, dentry->d_name.len);
		spin_unlock(&dentry->d_lock);
	}
	if (!fits)
		walk->flags |= UNRACED_RESOLVED_TRUNCATED;
	return fits;
}

/*
 * A path that is too long has no room for the names above it, but they tell whether anything leads to the file
 * (R2.23, R2.33), so the walk goes on.
 */
static void add_name(struct unraced_walk *walk)
{
	if (!(walk->flags & UNRACED_RESOLVED_TRUNCATED) && !prepend(walk) && walk->state == UNRACED_START_SOUGHT)
		walk->state = UNRACED_START_UNWANTED;
}

/* Returns the flags that the namespace of the topmost mount implies (R2.33). */
static u32 namespace_flag(const struct unraced_walk *walk, const struct mnt_namespace *ns)
{
	u32 number;

	if (IS_ERR_OR_NULL(ns))
		return UNRACED_DETACHED;
	number = unraced_namespace_number(ns);
	return unraced_namespace_flag(number, number == walk->mount_ns);
}

/* Steps from the root of a mount to where it is mounted; returns false at the top. */
static bool cross(struct unraced_walk *walk)
{
	const struct vfsmount *below = walk->mount, *above = unraced_mount_above(below);

	if (above == below) {
		walk->flags |= namespace_flag(walk, unraced_mount_namespace(above));
		walk->topmost = true;
		return false;
	}
	walk->dentry = unraced_mountpoint(below);
	walk->mount = above;
	walk->crossed = true;
	add_mount(walk, below);
	return true;
}

/* Ends at a file in a tree of its own, such as a pipe or a memfd, or outside the part that a bind mount shows. */
static void end_outside(struct unraced_walk *walk)
{
	walk->flags |= UNRACED_DETACHED;
	if (walk->position == UNRACED_PATH_ROOM && prepend(walk))
		walk->position++;
}

static bool step_up(struct unraced_walk *walk)
{
	struct dentry *parent;

	visit(walk);
	if (walk->dentry == walk->mount->mnt_root)
		return cross(walk);
	parent = READ_ONCE(walk->dentry->d_parent);
	if (parent == walk->dentry) {
		end_outside(walk);
		return false;
	}
	/* A directory on the way has no name any more: the file system removed or invalidated it with all below it. */
	if (d_unhashed(walk->dentry))
		walk->flags |= UNRACED_DELETED;
	add_name(walk);
	walk->dentry = parent;
	walk->crossed = false;
	return true;
}

/* All mounts of a tree have the same namespace, which need not be the caller's. */
static u64 mount_events(const struct vfsmount *mount)
{
	const struct mnt_namespace *ns = unraced_mount_namespace(mount);

	return IS_ERR_OR_NULL(ns) ? 0 : unraced_mount_events(ns);
}

/*
 * Returns whether a way within one mount ended at its namespace's root, if it got that far. A mount that is being moved
 * has none above it for a moment, as the root has none. Of a way through several mounts, await_mounts() tells.
 */
static bool ends_at_root(const struct unraced_walk *walk)
{
	const struct mnt_namespace *ns;

	if (walk->crossings || !walk->topmost)
		return true;
	ns = unraced_mount_namespace(walk->mount);
	return IS_ERR_OR_NULL(ns) || unraced_is_namespace_root(walk->mount, ns);
}

/*
 * Waits until nobody changes mounts: for a dentry that has a mount, path_is_mountpoint() reads under the seqlock
 * mount_lock, and spins while that is being written.
 */
static void await_mounts(const struct unraced_walk *walk)
{
	if (walk->crossings) {
		const struct unraced_step *step = &walk->steps[walk->crossings - 1];
		struct path crossing = { .mnt = (struct vfsmount *)step->above, .dentry = step->dentry };

		path_is_mountpoint(&crossing);
	}
}

static void begin_walk(struct unraced_walk *walk, const struct file *file, u8 *path,
		       const struct unraced_path_base *start)
{
	walk->mount = file->f_path.mnt;
	walk->dentry = file->f_path.dentry;
	walk->bytes = path;
	walk->position = UNRACED_PATH_ROOM;
	walk->start = *start;
	walk->start_position = 0;
	walk->state = start->mount ? UNRACED_START_SOUGHT : UNRACED_START_UNWANTED;
	walk->crossed = false;
	walk->overmounted = false;
	walk->moving = false;
	walk->spent = false;
	walk->topmost = false;
	walk->count = 0;
	walk->crossings = 0;
	walk->events = mount_events(walk->mount);
	/* The number of events must be read before the mounts that it counts. */
	smp_rmb();
}

/* A step adds a dentry, and a mount if it crosses one. */
static bool has_room(const struct unraced_walk *walk)
{
	return walk->steps_left && walk->count + 2 <= UNRACED_WALK_STEPS;
}

static void walk_once(struct unraced_walk *walk)
{
	bool more = true;

	/* The root of a mount has the name of its mountpoint. */
	walk->flags = walk->dentry != walk->mount->mnt_root && d_unlinked(walk->dentry) ? UNRACED_DELETED : 0;
	while (more && has_room(walk)) {
		walk->steps_left--;
		more = step_up(walk);
	}
	if (more) {
		walk->spent = true;
		walk->flags |= UNRACED_RESOLVED_TRUNCATED;
	}
	/* The walk may not have got to the topmost mount, but all mounts of a tree have the same namespace. */
	if (walk->flags & UNRACED_RESOLVED_TRUNCATED) {
		walk->flags |= namespace_flag(walk, unraced_mount_namespace(walk->mount));
		/* The tail of a path has no leading slash. */
		if (walk->position < UNRACED_PATH_ROOM)
			walk->position++;
	}
	if (walk->position == UNRACED_PATH_ROOM && !(walk->flags & UNRACED_DETACHED))
		walk->bytes[--walk->position] = '/';
}

static bool step_holds(const struct unraced_step *step)
{
	if (step->below)
		return unraced_mount_above(step->below) == step->above &&
		       unraced_mountpoint(step->below) == step->dentry;
	return sequence_of(step->dentry) == step->sequence;
}

static bool still_holds(const struct unraced_walk *walk)
{
	u32 i;

	await_mounts(walk);
	/* All data must be read before the numbers are read again. */
	smp_rmb();
	for (i = 0; i < walk->count; i++)
		if (!step_holds(&walk->steps[i]))
			return false;
	/* The number of events is read last. */
	smp_rmb();
	return !walk->moving && ends_at_root(walk) && mount_events(walk->mount) == walk->events;
}

static void try_walk(struct unraced_walk *walk, const struct file *file, u8 *path,
		     const struct unraced_path_base *start)
{
	begin_walk(walk, file, path, start);
	walk_once(walk);
	walk->holds = still_holds(walk);
}

/* No rename runs while this lock is held (d_move()), so an attacker cannot keep the names moving. */
static void try_without_renames(struct unraced_walk *walk, const struct file *file, u8 *path,
				const struct unraced_path_base *start)
{
	read_seqlock_excl(&rename_lock);
	try_walk(walk, file, path, start);
	read_sequnlock_excl(&rename_lock);
}

static __always_inline void walk_up(struct unraced_walk *walk, const struct file *file, u8 *path,
				    const struct unraced_path_base *start, u32 mount_ns)
{
	u32 left = TRIES - 1;

	walk->mount_ns = mount_ns;
	walk->steps_left = MOST_STEPS;
	walk->lookups_left = MOST_LOOKUPS;
	rcu_read_lock();
	try_walk(walk, file, path, start);
	/* A further walk of this length must fit the budget. */
	while (!walk->holds && left-- && walk->steps_left >= walk->count) {
		if (left)
			try_walk(walk, file, path, start);
		else
			try_without_renames(walk, file, path, start);
	}
	rcu_read_unlock();
	if (!walk->holds)
		walk->flags |= UNRACED_RESOLVED_UNSTABLE;
}

void unraced_walk_up(struct unraced_walk *walk, const struct file *file, u8 *path,
		     const struct unraced_path_base *start,
		     u32 mount_ns)
{
	walk_up(walk, file, path, start, mount_ns);
}

void unraced_walk_to_root(struct unraced_walk *walk, const struct file *file, u8 *path, u32 mount_ns)
{
	static const struct unraced_path_base nowhere;

	walk_up(walk, file, path, &nowhere, mount_ns);
}
