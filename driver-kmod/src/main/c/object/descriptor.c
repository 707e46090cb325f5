// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs_struct.h>
#include <linux/ktime.h>
#include <linux/nsproxy.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "object/descriptor.h"
#include "path/mounts.h"
#include "unraced/address.h"
#include "unraced/arguments.h"
#include "unraced/evidence.h"

static struct unraced_path_base path_base_of(const struct path *path)
{
	return (struct unraced_path_base){ .mount = (u64)path->mnt, .dentry = (u64)path->dentry };
}

/* Newer kernels have a lock around the counter. */
#define SEQUENCE_OF(fs) _Generic(&(fs)->seq, seqlock_t *: &((seqlock_t *)&(fs)->seq)->seqcount, default: &(fs)->seq)

/* Notes the count of changes, which is odd when nothing is known. */
static void remember_directories(struct unraced_call *call, bool root, bool cwd)
{
	struct fs_struct *fs = current->fs;
	unsigned int sequence;

	call->base_count = 1;
	if (!fs)
		return;
	do {
		sequence = read_seqcount_begin(SEQUENCE_OF(fs));
		if (root)
			call->root = path_base_of(&fs->root);
		if (cwd)
			call->start = path_base_of(&fs->pwd);
	} while (read_seqcount_retry(SEQUENCE_OF(fs), sequence));
	call->base_count = sequence;
}

/*
 * A task that shares root and working directory (CLONE_FS), or that moves the root of the mount namespace
 * (pivot_root(2)), can change them before the kernel uses them.
 */
bool unraced_base_is_unknown(struct unraced_call *call)
{
	bool absolute = unraced_call_is_absolute(call);
	const struct unraced_record *record = &call->record;
	u64 now;

	if (absolute && unraced_root_is_unknown(record->syscall, record->how_provenance, record->open.resolve))
		return true;
	if (!absolute && record->open.dirfd != UNRACED_AT_FDCWD)
		return false;
	now = record->exit_ns ? record->exit_ns : ktime_get_boottime_ns();
	return (call->base_count & 1) || !current->fs ||
	       read_seqcount_retry(SEQUENCE_OF(current->fs), call->base_count) ||
	       unraced_count_may_be_old(record->enter_ns, now);
}

/* Returns the mount of the root or the working directory. Its pointer is good for a read under RCU. */
static struct vfsmount *mount_of_base(bool root)
{
	struct fs_struct *fs = current->fs;
	struct vfsmount *mount;
	unsigned int sequence;

	do {
		sequence = read_seqcount_begin(SEQUENCE_OF(fs));
		mount = root ? READ_ONCE(fs->root.mnt) : READ_ONCE(fs->pwd.mnt);
	} while (read_seqcount_retry(SEQUENCE_OF(fs), sequence));
	return mount;
}

static bool is_elsewhere(const struct vfsmount *mount)
{
	return unraced_mount_namespace(mount) != current->nsproxy->mnt_ns;
}

/*
 * Returns whether the kernel resolves the path in another mount namespace than the caller's. The task of a request is
 * its submitter, or a worker of it, or nobody knows.
 */
static bool starts_elsewhere(struct unraced_call *call)
{
	const struct unraced_record *record = &call->record;
	bool is_connect = record->syscall == UNRACED_CONNECT, absolute, by_descriptor, shared, elsewhere;
	struct file *file;

	if (!current->fs || !current->nsproxy || record->tgid != current->tgid)
		return false;
	if (is_connect ? !unraced_is_path_address(call->tail, record->connect.address.length) :
			 !record->open.path.length)
		return false;
	absolute = is_connect ? call->tail[sizeof(u16)] == '/' : unraced_call_is_absolute(call);
	by_descriptor = !is_connect && record->open.dirfd != UNRACED_AT_FDCWD;
	/* The root counts for each path, since a link can lead there. */
	rcu_read_lock();
	elsewhere = is_elsewhere(mount_of_base(true)) ||
		    (!by_descriptor && is_elsewhere(mount_of_base(absolute && record->syscall != UNRACED_OPENAT2)));
	rcu_read_unlock();
	/* RESOLVE_IN_ROOT of openat2(2) can make the directory the root of an absolute path. */
	if (elsewhere || !by_descriptor || (absolute && record->syscall != UNRACED_OPENAT2))
		return elsewhere;
	shared = unraced_fd_table_is_shared();
	file = unraced_file_of(record->open.dirfd, shared);
	if (!file)
		return false;
	elsewhere = is_elsewhere(file->f_path.mnt);
	unraced_put_file(file, shared);
	return elsewhere;
}

void unraced_compare_namespaces(struct unraced_call *call)
{
	struct unraced_record *record = &call->record;

	if (!(record->flags & (UNRACED_HAS_FILE | UNRACED_FOREIGN_MOUNT_NS | UNRACED_NOT_EXECUTED)) &&
	    starts_elsewhere(call))
		record->flags |= UNRACED_FOREIGN_MOUNT_NS;
}

bool unraced_fd_table_is_shared(void)
{
	return current->files && atomic_read(&current->files->count) > 1;
}

/* If the table is not shared, only this thread could close the file, so no reference is needed. */
struct file *unraced_file_of(unsigned int descriptor, bool shared)
{
	return shared ? fget_raw(descriptor) : files_lookup_fd_raw(current->files, descriptor);
}

void unraced_put_file(struct file *file, bool shared)
{
	if (shared)
		fput(file);
}

void unraced_remember_start(struct unraced_call *call)
{
	bool unread = call->record.provenance == UNRACED_PROVENANCE_NONE;
	bool absolute = unraced_call_is_absolute(call), shared;
	struct file *file;

	/* An unreadable path may be absolute or relative, so the root is remembered as well. */
	remember_directories(call, absolute || unread, !absolute && call->record.open.dirfd == UNRACED_AT_FDCWD);
	if (absolute || call->record.open.dirfd == UNRACED_AT_FDCWD)
		return;
	shared = unraced_fd_table_is_shared();
	file = unraced_file_of(call->record.open.dirfd, shared);
	if (!file)
		return;
	call->start = path_base_of(&file->f_path);
	unraced_put_file(file, shared);
}
