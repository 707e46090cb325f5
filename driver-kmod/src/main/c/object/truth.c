// SPDX-License-Identifier: GPL-2.0-only
#include <linux/file.h>
#include <linux/fdtable.h>
#include <linux/fs_struct.h>
#include <linux/kdev_t.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "call/arguments.h"
#include "path/compare.h"
#include "object/connects.h"
#include "path/mounts.h"
#include "object/socket.h"
#include "object/truth.h"
#include "path/walk.h"

static struct unraced_place place_of(const struct path *path)
{
	return (struct unraced_place){ .mount = (u64)path->mnt, .dentry = (u64)path->dentry };
}

/* Newer kernels have a lock around the counter. */
#define SEQUENCE_OF(fs) _Generic(&(fs)->seq, seqlock_t *: &((seqlock_t *)&(fs)->seq)->seqcount, default: &(fs)->seq)

static void remember_directories(struct unraced_call *call, bool root, bool cwd)
{
	struct fs_struct *fs = current->fs;
	unsigned int sequence;

	if (!fs)
		return;
	do {
		sequence = read_seqcount_begin(SEQUENCE_OF(fs));
		if (root)
			call->root = place_of(&fs->root);
		if (cwd)
			call->start = place_of(&fs->pwd);
	} while (read_seqcount_retry(SEQUENCE_OF(fs), sequence));
}

bool unraced_descriptors_shared(void)
{
	return current->files && atomic_read(&current->files->count) > 1;
}

/* If the table is not shared, only this thread could close the file, so no reference is needed. */
struct file *unraced_file_of(unsigned int descriptor, bool shared)
{
	return shared ? fget_raw(descriptor) : files_lookup_fd_raw(current->files, descriptor);
}

void unraced_give_file(struct file *file, bool shared)
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
	shared = unraced_descriptors_shared();
	file = unraced_file_of(call->record.open.dirfd, shared);
	if (!file)
		return;
	call->start = place_of(&file->f_path);
	unraced_give_file(file, shared);
}

static u8 judge_path(struct unraced_area *area, const struct unraced_walk *walk, struct file *file)
{
	struct unraced_call *call = &area->call;
	u32 length = call->record.open.path.length;

	if (call->record.flags & UNRACED_TRUNCATED)
		return UNRACED_INTEGRITY_UNCHECKED;
	if (!walk->holds || walk->spent)
		return UNRACED_INTEGRITY_UNCHECKED;
	if (!length || walk->state != UNRACED_TRAIL_MET || walk->covered || (walk->flags & UNRACED_DELETED))
		return UNRACED_INTEGRITY_DIFFERS;
	if (unraced_needs_directory(call->tail, length) && !S_ISDIR(file_inode(file)->i_mode))
		return UNRACED_INTEGRITY_DIFFERS;
	if (!unraced_names_match(call->tail, length, area->path + walk->met_at, UNRACED_PATH_ROOM - walk->met_at))
		return UNRACED_INTEGRITY_DIFFERS;
	return walk->flags & (UNRACED_DETACHED | UNRACED_FOREIGN_MOUNT_NS) ? UNRACED_INTEGRITY_UNCHECKED :
									      UNRACED_INTEGRITY_MATCH;
}

static bool is_judged(const struct unraced_call *call)
{
	return !call->integrity || call->record.provenance == UNRACED_PROVENANCE_NONE ||
	       call->record.integrity != UNRACED_INTEGRITY_UNCHECKED;
}

/* Returns the mount namespace that the event names; for a request, that of its submitter at the submission. */
static u32 namespace_of(const struct unraced_record *record)
{
	if (record->origin == UNRACED_ORIGIN_IO_URING)
		return record->mount_ns;
	return current->nsproxy ? unraced_namespace_number(current->nsproxy->mnt_ns) : 0;
}

void unraced_describe_file(struct unraced_area *area, struct file *file)
{
	static const struct unraced_place nowhere;
	struct unraced_call *call = &area->call;
	struct unraced_record *record = &call->record;
	const struct unraced_place *start = unraced_call_is_absolute(call) ? &call->root : &call->start;
	const struct inode *inode = file_inode(file);
	struct unraced_walk *walk = &area->walk;
	u32 length;

	record->open.inode = inode->i_ino;
	record->open.device_major = MAJOR(inode->i_sb->s_dev);
	record->open.device_minor = MINOR(inode->i_sb->s_dev);
	record->flags |= UNRACED_HAS_FILE;
	/* The kernel does not set FMODE_CREATED for a file without a name, which only its own open can have made. */
	if ((file->f_mode & FMODE_CREATED) || (file->f_flags & __O_TMPFILE))
		record->flags |= UNRACED_CREATED;
	unraced_walk_up(walk, file, area->path, is_judged(call) ? &nowhere : start, namespace_of(record));
	record->flags |= walk->flags;
	if (!is_judged(call))
		record->integrity = judge_path(area, walk, file);
	length = UNRACED_PATH_ROOM - walk->position;
	memcpy(unraced_call_room(call), area->path + walk->position, length);
	unraced_call_append(call, &record->open.resolved, length);
}

bool unraced_has_peer(s64 result)
{
	return result == 0 || result == -EINPROGRESS || result == -EALREADY || result == -EISCONN;
}

/*
 * Returns whether the descriptor still leads to the struct sock that the kernel connected. It is the only proof for a
 * block that this module read separately from the kernel.
 */
static bool is_connected(const struct unraced_area *area, const struct sock *sk)
{
	if (!sk)
		return false;
	return area->acted ? area->act.socket == (unsigned long)sk : !area->call.how_pointer;
}

/* Compares the address with the peer. A snapshot matches only if the kernel used the same address. */
static u8 judge_address(const struct unraced_area *area)
{
	u8 verdict = unraced_judge_address(&area->call, area->act.device);
	bool snapshot = area->call.record.provenance == UNRACED_PROVENANCE_ENTER;

	return verdict == UNRACED_INTEGRITY_MATCH && snapshot && !area->call.proven ? UNRACED_INTEGRITY_UNCHECKED : verdict;
}

/*
 * Returns whether the peer's address needs a scope. The socket's device stands for it, but whoever gets at the socket can
 * bind it to another device after the connect (SO_BINDTOIFINDEX), which is no connect and counts nowhere.
 */
static bool has_scoped_peer(const struct sock *sk)
{
#if IS_ENABLED(CONFIG_IPV6)
	return sk->sk_family == AF_INET6 && __ipv6_addr_needs_scope_id(ipv6_addr_type(&sk->sk_v6_daddr));
#else
	return false;
#endif
}

void unraced_describe_connect(struct unraced_capture *capture, struct unraced_area *area, struct file *file)
{
	struct unraced_record *record = &area->call.record;

	if (!is_connected(area, unraced_sock_of(file))) {
		record->flags |= UNRACED_OBJECT_MISSED;
		return;
	}
	unraced_describe_socket(&area->call, file);
	/* The check comes after the reads: an act that changed what was read has begun before them. */
	if (!unraced_act_is_alone(capture, area) || has_scoped_peer(unraced_sock_of(file)))
		record->flags |= UNRACED_SOCKET_SHARED;
	else if (!is_judged(&area->call))
		record->integrity = judge_address(area);
}

static bool is_described(const struct unraced_call *call)
{
	return call->record.flags & UNRACED_HAS_FILE;
}

/* A file that was described at fd_install() belongs to this call, even if the descriptor has changed since. */
static void drop_other_file(struct unraced_call *call)
{
	struct unraced_record *record = &call->record;

	if (!is_described(call) || call->installed == record->result)
		return;
	record->flags &= ~(UNRACED_HAS_FILE | UNRACED_CREATED | UNRACED_DELETED | UNRACED_DETACHED |
			   UNRACED_RESOLVED_TRUNCATED | UNRACED_FOREIGN_MOUNT_NS | UNRACED_RESOLVED_UNSTABLE);
	record->open.inode = 0;
	record->open.device_major = 0;
	record->open.device_minor = 0;
	memset(&record->open.resolved, 0, sizeof(record->open.resolved));
}

void unraced_describe_object(struct unraced_capture *capture, struct unraced_area *area)
{
	struct unraced_call *call = &area->call;
	struct unraced_record *record = &call->record;
	bool connects = record->syscall == UNRACED_CONNECT;
	bool expected = connects ? unraced_has_peer(record->result) : record->result >= 0;
	bool was_judged, shared;
	struct file *file;

	if (call->integrity && record->enter_ns)
		unraced_look_for_changes(area);
	drop_other_file(call);
	if (!expected || is_described(call))
		return;
	was_judged = is_judged(call);
	shared = unraced_descriptors_shared();
	if (shared)
		record->flags |= UNRACED_FD_TABLE_SHARED;
	file = unraced_file_of(connects ? record->connect.fd : record->result, shared);
	if (!file) {
		record->flags |= UNRACED_OBJECT_MISSED;
		return;
	}
	if (connects)
		unraced_describe_connect(capture, area, file);
	else
		unraced_describe_file(area, file);
	unraced_give_file(file, shared);
	/*
	 * Another task could have put the requested object behind the descriptor. A table that was not shared at entry
	 * was not shared until the return: its only user was in the call.
	 */
	if (!was_judged && record->integrity == UNRACED_INTEGRITY_MATCH &&
	    ((record->flags & UNRACED_FD_TABLE_SHARED) || !record->enter_ns))
		record->integrity = UNRACED_INTEGRITY_UNCHECKED;
}
