// SPDX-License-Identifier: GPL-2.0-only
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/sched.h>
#include <net/sock.h>

#include "call/arguments.h"
#include "object/connects.h"
#include "object/descriptor.h"
#include "object/integrity.h"
#include "object/resolved.h"
#include "object/socket.h"
#include "path/mounts.h"
#include "unraced/address.h"
#include "unraced/evidence.h"
#include "unraced/object.h"
#include "unraced/result.h"

/* Returns the mount namespace that the event names; for a request, that of its submitter at the submission. */
static u32 namespace_of(const struct unraced_record *record)
{
	if (record->origin == UNRACED_ORIGIN_IO_URING)
		return record->mount_ns;
	return unraced_namespace_of(current);
}

void unraced_describe_file(struct unraced_scratch *scratch, struct file *file)
{
	static const struct unraced_path_base nowhere;
	struct unraced_call *call = &scratch->call;
	struct unraced_record *record = &call->record;
	const struct unraced_path_base *start = unraced_call_is_absolute(call) ? &call->root : &call->start;
	struct unraced_walk *walk = &scratch->walk;
	bool judge = !unraced_is_judged(call) && !unraced_base_is_unknown(call);
	u32 length;

	unraced_describe_inode(record, file);
	unraced_walk_up(walk, file, scratch->path, judge ? start : &nowhere, namespace_of(record));
	record->flags |= walk->flags;
	if (judge)
		record->integrity = unraced_judge_path(scratch, walk, file);
	length = UNRACED_PATH_ROOM - walk->position;
	memcpy(unraced_call_room(call), scratch->path + walk->position, length);
	unraced_call_append(call, &record->open.resolved, length);
}

/*
 * Returns whether the descriptor still leads to the struct sock that the kernel connected. It is the only proof for a
 * block that this module read separately from the kernel.
 */
static bool is_connected(const struct unraced_scratch *scratch, const struct sock *sk)
{
	if (!sk)
		return false;
	return scratch->acted ? scratch->act.socket == (unsigned long)sk : !scratch->call.block_pointer;
}

/*
 * Every bind and connect since the act of a request counts, so the kernel may tell of it as late as
 * it likes. Without the probe at binds, nobody knows; nor who got the socket meanwhile without the one at receipts.
 */
static bool is_seen_late(const struct unraced_capture *capture, const struct unraced_record *record, struct sock *sk)
{
	return unraced_is_seen_late(&record->connect, sk,
				    (record->origin == UNRACED_ORIGIN_IO_URING && !capture->bind_probe.registered) ||
					    !capture->receive_probe.registered);
}

void unraced_describe_connect(struct unraced_capture *capture, struct unraced_scratch *scratch, struct file *file,
			      long own)
{
	struct unraced_record *record = &scratch->call.record;
	struct sock *sk = unraced_sock_of(file);
	bool is_copied, alone;
	u8 by_peer;

	if (!is_connected(scratch, sk)) {
		record->flags |= UNRACED_OBJECT_MISSED;
		unraced_judge_undescribed(capture, scratch);
		return;
	}
	unraced_describe_socket(&scratch->call, file);
	/* The kernel's own copy is a match without mitigation, too, and the peer can contradict it. */
	is_copied = record->provenance == UNRACED_PROVENANCE_KERNEL && unraced_chose_peer(record->result);
	by_peer = scratch->call.integrity || is_copied ? unraced_judge_connect(scratch) : UNRACED_INTEGRITY_UNCHECKED;
	/*
	 * The checks come after the reads: an act that changed what was read has begun before them, and whoever got the
	 * socket since the act can have changed it by what is no act (R2.43).
	 */
	if (file_count(file) > own || !unraced_act_is_alone(capture, scratch) || is_seen_late(capture, record, sk) ||
	    unraced_is_scoped(sk) ||
	    record->connect.family != scratch->act.family ||
	    unraced_peer_is_doubtful(&record->connect, scratch->call.tail, sk, record->result))
		record->flags |= UNRACED_SOCKET_SHARED;
	alone = !(record->flags & UNRACED_SOCKET_SHARED);
	if (alone && !unraced_is_judged(&scratch->call))
		record->integrity = by_peer;
	else if (record->provenance == UNRACED_PROVENANCE_KERNEL)
		record->integrity = unraced_judge_copied_address(record->integrity,
								 is_copied ? by_peer : UNRACED_INTEGRITY_UNCHECKED,
								 &record->connect, scratch->call.tail, alone,
								 unraced_act_heed(scratch), record->result);
}

static bool is_described(const struct unraced_call *call)
{
	return call->record.flags & UNRACED_HAS_FILE;
}

/* A file that was described at fd_install() belongs to this call, even if the descriptor has changed since. */
static void remove_other_file(struct unraced_call *call)
{
	struct unraced_record *record = &call->record;

	if (!is_described(call) || call->installed == record->result)
		return;
	record->flags &= ~(UNRACED_HAS_FILE | UNRACED_CREATED | UNRACED_DELETED | UNRACED_DETACHED |
			   UNRACED_RESOLVED_TRUNCATED | UNRACED_FOREIGN_MOUNT_NS | UNRACED_RESOLVED_UNSTABLE);
	/* The file that the call installed was another one, so what is behind the descriptor now is in doubt. */
	record->flags |= UNRACED_FD_TABLE_SHARED;
	record->open.inode = 0;
	record->open.device_major = 0;
	record->open.device_minor = 0;
	memset(&record->open.resolved, 0, sizeof(record->open.resolved));
}

void unraced_describe_object(struct unraced_capture *capture, struct unraced_scratch *scratch)
{
	struct unraced_call *call = &scratch->call;
	struct unraced_record *record = &call->record;
	bool connects = record->syscall == UNRACED_CONNECT;
	bool expected = connects ? unraced_has_peer(record->result) : record->result >= 0;
	bool was_judged, shared;
	struct file *file;

	if (call->integrity && record->enter_ns)
		unraced_look_for_changes(scratch);
	remove_other_file(call);
	if (connects && !expected)
		unraced_judge_undescribed(capture, scratch);
	if (!expected || is_described(call))
		return;
	was_judged = unraced_is_judged(call);
	shared = unraced_fd_table_is_shared();
	if (shared)
		record->flags |= UNRACED_FD_TABLE_SHARED;
	file = unraced_file_of(connects ? record->connect.fd : record->result, shared);
	if (!file) {
		record->flags |= UNRACED_OBJECT_MISSED;
		if (connects)
			unraced_judge_undescribed(capture, scratch);
		return;
	}
	if (connects)
		unraced_describe_connect(capture, scratch, file, 1 + shared);
	else if (unraced_is_replaced(record, file, record->open.flags))
		record->flags |= UNRACED_OBJECT_MISSED;
	else
		unraced_describe_file(scratch, file);
	unraced_put_file(file, shared);
	if (!was_judged && record->integrity == UNRACED_INTEGRITY_MATCH &&
	    unraced_descriptor_proves_nothing(record->flags, record->enter_ns))
		record->integrity = UNRACED_INTEGRITY_UNCHECKED;
}
