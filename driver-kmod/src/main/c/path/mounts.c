// SPDX-License-Identifier: GPL-2.0-only
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/namei.h>
#include <linux/ns_common.h>
#include <linux/poll.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

#include "path/mounts.h"

/* The start of struct mount, the same since Linux 3.3. */
struct mount_head {
	struct hlist_node hash;
	struct vfsmount *above; /* a struct mount in fact */
	struct dentry *mountpoint;
	struct vfsmount mnt;
};

/* struct mount is no longer than this, so its namespace pointer lies below. */
#define LONGEST_MOUNT 512
#define LONGEST_NAMESPACE 1024

static size_t namespace_offset;
static size_t root_offset; /* offset in a namespace */
static size_t events_offset; /* offset in a namespace; 0 if it was not found */

static const struct mount_head *head_of(const struct vfsmount *mount)
{
	return container_of(mount, struct mount_head, mnt);
}

struct vfsmount *unraced_mount_above(const struct vfsmount *mount)
{
	return &((struct mount_head *)READ_ONCE(head_of(mount)->above))->mnt;
}

struct dentry *unraced_mountpoint(const struct vfsmount *mount)
{
	return READ_ONCE(head_of(mount)->mountpoint);
}

struct mnt_namespace *unraced_mount_namespace(const struct vfsmount *mount)
{
	return READ_ONCE(*(struct mnt_namespace **)((u8 *)head_of(mount) + namespace_offset));
}

bool unraced_is_namespace_root(const struct vfsmount *mount, const struct mnt_namespace *ns)
{
	return READ_ONCE(*(const struct mount_head **)((const u8 *)ns + root_offset)) == head_of(mount);
}

u64 unraced_mount_events(const struct mnt_namespace *ns)
{
	return events_offset ? READ_ONCE(*(const u64 *)((const u8 *)ns + events_offset)) : 0;
}

/* The first member of a struct mnt_namespace is its struct ns_common. */
u32 unraced_namespace_number(const struct mnt_namespace *ns)
{
	return ((const struct ns_common *)ns)->inum;
}

u32 unraced_namespace_of(struct task_struct *task)
{
	u32 number;

	/* Only the task itself replaces its namespaces, under its lock; nobody waits for a lock here. */
	if (task != current && !spin_trylock(&task->alloc_lock))
		return 0;
	number = task->nsproxy ? unraced_namespace_number(task->nsproxy->mnt_ns) : 0;
	if (task != current)
		spin_unlock(&task->alloc_lock);
	return number;
}

/* Returns the offset of the first word from an offset on that has this value, or 0. */
static size_t find_word(const void *object, size_t from, size_t size, const void *value)
{
	size_t at;

	for (at = from; at < size; at += sizeof(void *)) {
		const void *word;

		if (copy_from_kernel_nofault(&word, (const u8 *)object + at, sizeof(word)))
			return 0;
		if (word == value)
			return at;
	}
	return 0;
}

static size_t find_namespace(const struct vfsmount *mount, const struct mnt_namespace *ns)
{
	return find_word(head_of(mount), sizeof(struct mount_head), LONGEST_MOUNT, ns);
}

/* A namespace points to the one mount that has none above it. */
static size_t find_root(const struct vfsmount *mount, const struct mnt_namespace *ns)
{
	const struct vfsmount *above;

	rcu_read_lock();
	while ((above = unraced_mount_above(mount)) != mount)
		mount = above;
	rcu_read_unlock();
	return find_word(ns, sizeof(struct ns_common), LONGEST_NAMESPACE, head_of(mount));
}

/* Returns whether the mount leads where follow_up() leads, and both mounts have the namespace at the same offset. */
static bool is_as_expected(struct path *path)
{
	struct vfsmount *mount = path->mnt, *above = unraced_mount_above(mount);
	struct dentry *mountpoint = unraced_mountpoint(mount);
	struct mnt_namespace *ns = current->nsproxy->mnt_ns;

	if (path->dentry != mount->mnt_root || !follow_up(path))
		return false;
	if (path->mnt != above || path->dentry != mountpoint)
		return false;
	namespace_offset = find_namespace(mount, ns);
	root_offset = find_root(above, ns);
	return root_offset && namespace_offset && namespace_offset == find_namespace(above, ns);
}

static bool number_is_as_expected(void)
{
	struct path path;
	bool same;

	if (kern_path("/proc/self/ns/mnt", LOOKUP_FOLLOW, &path))
		return false;
	same = d_inode(path.dentry)->i_ino == unraced_namespace_number(current->nsproxy->mnt_ns);
	path_put(&path);
	return same;
}

struct poll {
	poll_table table;
	wait_queue_head_t *waiters;
};

static void keep_waiters(struct file *file, wait_queue_head_t *waiters, poll_table *table)
{
	container_of(table, struct poll, table)->waiters = waiters;
}

/* The count of mount events is among this many words after the wait queue. */
#define EVENTS_WORDS 4

/*
 * Finds the count of a namespace's mount events. A poll of /proc/self/mounts waits at the namespace's wait queue, in
 * front of the count, and remembers the count's value (mounts_poll() of fs/proc_namespace.c). The count is the one word
 * with this value that comes first: others, such as the number of mounts, can be equal to it.
 */
static size_t find_events(const struct mnt_namespace *ns, const wait_queue_head_t *waiters, u32 count)
{
	const u64 *words = (const u64 *)(waiters + 1);
	int i;

	if ((const u8 *)waiters < (const u8 *)ns ||
	    (const u8 *)(words + EVENTS_WORDS) > (const u8 *)ns + LONGEST_NAMESPACE)
		return 0;
	for (i = 0; i < EVENTS_WORDS && count; i++) {
		u64 word;

		if (copy_from_kernel_nofault(&word, &words[i], sizeof(word)))
			return 0;
		if (word == count)
			return (const u8 *)&words[i] - (const u8 *)ns;
	}
	return 0;
}

static void look_for_events(void)
{
	struct file *file = filp_open("/proc/self/mounts", O_RDONLY, 0);
	struct poll poll = {};

	if (IS_ERR(file))
		return;
	init_poll_funcptr(&poll.table, keep_waiters);
	vfs_poll(file, &poll.table);
	if (poll.waiters)
		events_offset = find_events(current->nsproxy->mnt_ns, poll.waiters,
					    ((const struct seq_file *)file->private_data)->poll_event);
	filp_close(file, NULL);
}

int unraced_mounts_find(void)
{
	static const char *const mounted[] = { "/proc", "/sys", "/dev" };
	bool found = false;
	struct path path;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mounted) && !found; i++) {
		if (kern_path(mounted[i], LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path))
			continue;
		found = is_as_expected(&path);
		path_put(&path);
	}
	if (found && number_is_as_expected()) {
		look_for_events();
		if (events_offset) {
			pr_debug("mount events are counted at %zu of a namespace\n", events_offset);
			return 0;
		}
		/* Without it a path could show a moment that never was (R2.47). */
		pr_err("the count of mount events was not found; "
		       "load the module in a mount namespace where something was mounted\n");
		return -EOPNOTSUPP;
	}
	pr_err("the mounts of this kernel are not as expected, or /proc is not mounted\n");
	return -EOPNOTSUPP;
}
