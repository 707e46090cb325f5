/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Walks from an opened file up to the root of its mount namespace, which gives its path (R2.21). The walk collects the
 * names, and checks whether it passes the place where the wanted path starts, and whether a mount hides a name in
 * between. All of it has to hold at one moment, and nothing keeps mounts and removals still. So the walk keeps the
 * mounts it passes and each dentry's sequence count, which moves with name, parent and removal (__d_move() and
 * __d_drop() of fs/dcache.c). If all of them, and the count of the namespace's mount events, are the same afterwards,
 * nothing was different in between. The kernel counts the move of a mount when it ends, so the walk waits for a move
 * that is under way before it looks again. Otherwise the walk is repeated a few times, the last time under rename_lock
 * if the budget lasts; a walk that does not hold then is not stable.
 */
#ifndef UNRACED_PATH_WALK_H
#define UNRACED_PATH_WALK_H

#include <linux/fs.h>

#include "unraced/evidence.h"

#define UNRACED_PATH_ROOM 4096

/* The steps suffice for the longest path and some mounts. A longer way gives only its last part. */
#define UNRACED_WALK_STEPS 2560

/* A dentry on the way, or a mount; a mount's dentry is its mountpoint. */
struct unraced_step {
	struct dentry *dentry;
	const struct vfsmount *below; /* null at a dentry */
	union {
		u64 sequence;
		const struct vfsmount *above;
	};
};

enum unraced_start_state {
	UNRACED_START_UNWANTED, /* no proof is wanted, or the start of the path is unknown */
	UNRACED_START_SOUGHT,
	UNRACED_START_FOUND, /* the way passes the start */
};

struct unraced_walk {
	/* the current position */
	const struct vfsmount *mount;
	struct dentry *dentry;
	/* the path, written from the end of the room */
	u8 *bytes;
	u32 position;
	u32 flags; /* enum unraced_flag */
	u32 mount_ns; /* number of the namespace in which the path is expected */
	/* proof that the way passes the start */
	struct unraced_path_base start;
	u32 start_position; /* position in bytes at which the way met the start */
	u8 state;
	bool crossed; /* the walk has just gone from the root of a mount to its mountpoint */
	bool overmounted; /* a mount lies over a name on the way */
	bool moving;  /* a rename was under way */
	bool spent;   /* the call's budget, or the room for steps, ended before the way did */
	bool topmost; /* the way ended at a mount that has none above it */
	bool holds;   /* everything on the way was there at one moment */
	u64 events;   /* mount events in the namespace of the file's mount before the first step */
	/* the rest of the call's budget */
	u32 steps_left;
	u32 lookups_left;
	u32 count;
	u32 crossings; /* the number of steps when the last mount was added, 0 if the way has only one mount */
	struct unraced_step steps[UNRACED_WALK_STEPS];
};

/*
 * Fills path from position to UNRACED_PATH_ROOM, and sets the flags, RESOLVED_UNSTABLE among them. A start of zeros is
 * not looked for.
 */
void unraced_walk_up(struct unraced_walk *walk, const struct file *file, u8 *path,
		     const struct unraced_path_base *start,
		     u32 mount_ns);
/* Does the same without a start, for files of no call. So the one above has one caller, and becomes a part of it. */
void unraced_walk_to_root(struct unraced_walk *walk, const struct file *file, u8 *path, u32 mount_ns);

#endif
