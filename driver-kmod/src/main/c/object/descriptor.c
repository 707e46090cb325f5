// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs_struct.h>
#include <linux/ktime.h>
#include <linux/net.h>
#include <linux/nsproxy.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <net/sock.h>

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

bool unraced_base_is_shared(void)
{
	return current->fs && READ_ONCE(current->fs->users) > 1;
}

u32 unraced_base_count(void)
{
	return current->fs ? raw_read_seqcount(SEQUENCE_OF(current->fs)) : 1;
}

bool unraced_base_changed(u32 noted, u64 enter_ns, u64 now)
{
	/* The data that the count guards has been read before. */
	smp_rmb();
	return unraced_base_may_have_changed(noted, unraced_base_count(), enter_ns, now);
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
	return unraced_base_changed(call->base_count, record->enter_ns, now);
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

static bool is_directory_elsewhere(const struct unraced_call *call)
{
	const struct unraced_record *record = &call->record;
	bool shared = unraced_fd_table_is_shared(), elsewhere;
	struct file *file = unraced_file_of(record->open.dirfd, shared);

	if (!file)
		return unraced_directory_is_unknown(call->waits || call->punted, record->result);
	/* No path starts at anything else, and an absolute one may have been passed with any descriptor. */
	elsewhere = S_ISDIR(file_inode(file)->i_mode) && is_elsewhere(file->f_path.mnt);
	unraced_put_file(file, shared);
	return elsewhere;
}

bool unraced_may_be_unix(struct file *file)
{
	struct socket *socket = sock_from_file(file);

	return !socket || !socket->sk || socket->sk->sk_family == AF_UNIX;
}

bool unraced_leads_to_unix(const struct unraced_call *call)
{
	bool shared = unraced_fd_table_is_shared();
	struct file *file = call->block_pointer ? NULL : unraced_file_of(call->record.connect.fd, shared);
	bool is_unix = !file || unraced_may_be_unix(file);

	if (file)
		unraced_put_file(file, shared);
	return is_unix;
}

bool unraced_starts_elsewhere(const struct unraced_call *call, bool may_be_unix)
{
	const struct unraced_record *record = &call->record;
	bool is_connect = record->syscall == UNRACED_CONNECT, copied = record->provenance == UNRACED_PROVENANCE_KERNEL;
	bool absolute, by_directory, by_descriptor, elsewhere;
	u32 length = is_connect ? record->connect.address.length : record->open.path.length;
	u64 noted_ns;

	if (!current->fs || !current->nsproxy || record->tgid != current->tgid)
		return false;
	if (!unraced_may_have_path(record->syscall, copied, may_be_unix, call->tail, length, &absolute))
		return false;
	by_directory = unraced_starts_at_directory(record->syscall, absolute);
	by_descriptor = by_directory && !is_connect && record->open.dirfd != UNRACED_AT_FDCWD;
	/* The root counts for each path, since a link can lead there. */
	rcu_read_lock();
	elsewhere = is_elsewhere(mount_of_base(true)) ||
		    (by_directory && !by_descriptor && is_elsewhere(mount_of_base(false)));
	rcu_read_unlock();
	elsewhere = elsewhere || (by_descriptor && is_directory_elsewhere(call));
	noted_ns = call->base_ns ?: record->enter_ns;
	return elsewhere ||
	       (!call->base_held && unraced_base_changed(call->base_count, noted_ns, ktime_get_boottime_ns()));
}

/*
 * Only the kernel's copy tells that a path is absolute, and that of an interpreter can be relative: all places count.
 */
bool unraced_exec_start_is_elsewhere(int dirfd)
{
	bool shared = unraced_fd_table_is_shared(), elsewhere;
	struct file *file;

	if (!current->fs || !current->nsproxy)
		return false;
	rcu_read_lock();
	elsewhere = is_elsewhere(mount_of_base(true)) || is_elsewhere(mount_of_base(false));
	rcu_read_unlock();
	file = elsewhere || dirfd == UNRACED_AT_FDCWD ? NULL : unraced_file_of(dirfd, shared);
	if (!file)
		return elsewhere;
	elsewhere = is_elsewhere(file->f_path.mnt);
	unraced_put_file(file, shared);
	return elsewhere;
}

void unraced_compare_namespaces(struct unraced_call *call, bool may_be_unix)
{
	struct unraced_record *record = &call->record;

	/* A file proves the namespace, but not if it lies in none. */
	if ((record->flags & (UNRACED_HAS_FILE | UNRACED_DETACHED)) == UNRACED_HAS_FILE ||
	    (record->flags & UNRACED_NOT_EXECUTED))
		return;
	/* Until such a request ran, another task may have shared the descriptors, replaced the directory, and left. */
	if (call->waits && !(record->flags & UNRACED_HAS_FILE) && record->syscall != UNRACED_CONNECT)
		record->flags |= UNRACED_FD_TABLE_SHARED;
	if (!(record->flags & UNRACED_FOREIGN_MOUNT_NS) && unraced_starts_elsewhere(call, may_be_unix))
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
