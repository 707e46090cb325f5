/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* This file makes the record of a returning call and sends it, unless a filter drops it. */
#ifndef UNRACED_OUT_RECORD_H
#define UNRACED_OUT_RECORD_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/address.h"
#include "unraced/compare.h"
#include "unraced/evidence.h"
#include "unraced/filter.h"
#include "unraced/record.h"
#include "unraced/result.h"
#include "kernelcopy/maps.h"
#include "lib/control.h"
#include "lib/core_access.h"
#include "lib/maps.h"
#include "object/connects.h"
#include "object/descriptor.h"
#include "object/integrity.h"
#include "object/resolved.h"
#include "out/limit.h"
#include "out/ring.h"
#include "path/fast_path.h"
#include "path/base.h"
#include "path/walk.h"
#include "syscall/filter.h"

/* Returns the number of the task's pid namespace: ns_of_pid() of include/linux/pid.h. */
static __always_inline __u32 pid_namespace(struct task_struct *task)
{
	/* KREAD is needed: kernel 6.1 refuses arithmetic on the pointer that a plain load gives. */
	struct pid *pid = KREAD(task, thread_pid);
	void *numbers = (void *)pid + bpf_core_field_offset(struct pid, numbers);
	struct upid *own = numbers + KREAD(pid, level) * bpf_core_type_size(struct upid);
	struct pid_namespace *ns = KREAD(own, ns);

	return KREAD(ns, ns.inum);
}

/*
 * Copies a comm, which the kernel always ends and pads with NULs (__set_task_comm() of fs/exec.c). Another thread can
 * write it meanwhile, so it is read until two reads agree.
 */
static __always_inline void read_comm(__u8 *to, __u64 from)
{
	__u64 start = KREAD_WORD(from), end = KREAD_WORD(from + 8);

	#pragma unroll
	for (int i = 0; i < 3; i++) {
		__u64 again = KREAD_WORD(from), end_again = KREAD_WORD(from + 8);

		if (again == start && end_again == end)
			break;
		start = again;
		end = end_again;
	}
	*(__u64 *)to = start;
	*(__u64 *)(to + 8) = end;
}

/*
 * Fills in the caller, with plain loads where the kernel can cast: calling a helper costs more than the helper's work.
 */
static __always_inline void identify(struct caller *who, struct task_struct *task)
{
	if (bpf_ksym_exists(bpf_rdonly_cast)) {
		/*
		 * These loads match bpf_get_current_uid_gid() and bpf_get_current_cgroup_id() of kernel/bpf/helpers.c.
		 */
		struct cred *cred = KREAD_TRUSTED(task, cred);
		struct css_set *sets = KREAD_TRUSTED(task, cgroups);
		struct cgroup *cgroup = KREAD(sets, dfl_cgrp);
		struct kernfs_node *node = KREAD(cgroup, kn);

		who->uid = KREAD(cred, uid.val);
		who->gid = KREAD(cred, gid.val);
		who->cgroup = KREAD(node, id);
		read_comm(who->comm, (__u64)task + bpf_core_field_offset(struct task_struct, comm));
	} else {
		__u64 ids = bpf_get_current_uid_gid();

		who->uid = ids;
		who->gid = ids >> 32;
		who->cgroup = bpf_get_current_cgroup_id();
		bpf_get_current_comm(who->comm, sizeof(who->comm));
	}
	who->tid = task->pid;
	who->tgid = task->tgid;
	who->thread_start = task->start_boottime;
	who->parent_tgid = KREAD_TRUSTED(task, real_parent)->tgid;
	who->process_start = UNRACED_PROCESS_START(KREAD_TRUSTED(task, group_leader)->start_boottime);
	who->exec_id = task->self_exec_id;
	who->mount_ns = mount_namespace(task);
	who->pid_ns = pid_namespace(task);
}

static __always_inline void describe_caller(struct unraced_record *record, const struct caller *who)
{
	record->uid = who->uid;
	record->gid = who->gid;
	record->tid = who->tid;
	record->tgid = who->tgid;
	record->thread_start_ns = who->thread_start;
	record->parent_tgid = who->parent_tgid;
	record->cgroup_id = who->cgroup;
	record->mount_ns = who->mount_ns;
	record->pid_ns = who->pid_ns;
	record->process_start = who->process_start;
	record->exec_id = who->exec_id;
	__builtin_memcpy(record->comm, who->comm, sizeof(record->comm));
}

static __always_inline void describe_arguments(struct builder *builder, bool is_connect, const struct call *call,
					       const void *bytes)
{
	struct unraced_record *record = &builder->record;
	struct unraced_slice *slice;
	__u32 length = call->length;
	__u8 *to;

	record->provenance = call->provenance;
	record->how_provenance = call->how_provenance;
	record->integrity = call->verdict;
	/* The call acts on the kernel's copy, so the copy is a match. */
	if (call->provenance == UNRACED_PROVENANCE_KERNEL && !call->verdict)
		record->integrity = UNRACED_INTEGRITY_MATCH;
	record->how_integrity = call->how_verdict;
	if (call->how_provenance == UNRACED_PROVENANCE_KERNEL && !call->how_verdict)
		record->how_integrity = UNRACED_INTEGRITY_MATCH;
	if (is_connect) {
		record->connect.fd = call->fd;
		record->connect.addrlen = call->addrlen;
		slice = &record->connect.address;
		/* Only socketcall(2) has more in memory than the address. */
		if (!call->indirect)
			record->how_provenance = UNRACED_PROVENANCE_NONE;
		record->how_integrity = UNRACED_INTEGRITY_UNCHECKED;
	} else {
		record->open.dirfd = call->fd;
		record->open.flags = call->flags;
		record->open.mode = call->mode;
		record->open.resolve = call->resolve;
		record->open.how_size = call->how_size;
		slice = &record->open.path;
	}
	if (call->provenance == UNRACED_PROVENANCE_NONE)
		return;
	if (length > UNRACED_PATH_MAX)
		length = UNRACED_PATH_MAX;
	to = append(builder, slice, length);
	if (length <= SHORT_BYTES && bytes == call->bytes) {
		copy_short(to, call->bytes, length);
	} else if (bpf_probe_read_kernel(to, unraced_masked(length), bytes)) {
		/* A lost argument is absent, not empty. */
		*slice = (struct unraced_slice){};
		record->provenance = UNRACED_PROVENANCE_NONE;
		record->integrity = UNRACED_INTEGRITY_UNCHECKED;
	}
}

/* Numbers the record and puts it into the ring. A record that finds no room there has a number all the same (R9.3). */
static __always_inline void send(struct unraced_counters *stats, struct unraced_control *shared,
				 struct builder *builder)
{
	struct unraced_record *record = &builder->record;
	__u32 size = sizeof(*record) + (builder->end & (2 * TAIL_BYTES - 1));

	record->source = bpf_get_smp_processor_id();
	record->sequence = ++stats->sequence;
	/* This is never so; the verifier needs it. */
	if (size > sizeof(*builder) - __builtin_offsetof(struct builder, record))
		return;
	record->length = size;
	submit(stats, shared, record, size);
}

/*
 * Tells whether a connect through socketcall(2), whose descriptor lies in memory, acted on this socket. It did if no
 * other connect of the socket overlapped, and it has another peer now. A socket that lost its peer, without a connect
 * or by one, proves nothing.
 */
static __always_inline bool is_indirect_socket(const struct unraced_record *record, const struct call *call,
					       struct sock *sk, bool alone)
{
	return alone && !(record->flags & UNRACED_FD_TABLE_SHARED) && record->connect.remote.length &&
	       peer_of(sk) != call->connecting.peer;
}

/*
 * Returns what a request's own TCP attempts count. A connect that found one under way or a connection made none, nor
 * does one that disconnects.
 */
static __always_inline __u32 own_attempts(const struct builder *builder, const struct call *call,
					  const struct tail_context *from)
{
	if (!from->is_request || call->heed != UNRACED_HEEDS_IF_ALONE || from->result == -EALREADY ||
	    from->result == -EISCONN || builder->record.connect.address.length < sizeof(__u16) ||
	    *(const __u16 *)builder->tail == UNRACED_AF_UNSPEC)
		return 0;
	return OWN_ATTEMPT;
}

/*
 * Tells whether the address is the kernel's own copy, which the peer of a call that succeeded can still contradict. The
 * copy of a request is a match without mitigation, too.
 */
static __always_inline bool is_copied(const struct unraced_record *record, long result)
{
	return record->integrity == UNRACED_INTEGRITY_MATCH && record->provenance == UNRACED_PROVENANCE_KERNEL &&
	       unraced_chose_peer(result);
}

/*
 * Describes the socket that a connect acted on, and judges whether the address names its peer. "references" are those
 * that the file has without another holder.
 */
static __always_inline void describe_connected(struct builder *builder, struct file *file, const struct call *call,
					       const struct tail_context *from, bool judge, __s64 references)
{
	struct unraced_record *record = &builder->record;
	struct sock *sk = sock_of(file);
	__u8 verdict = UNRACED_INTEGRITY_UNCHECKED;
	bool alone, is_own;

	if (!sk)
		return;
	describe_socket(builder, file);
	if (judge || is_copied(record, from->result))
		verdict = judge_address(call->connecting.device);
	/* This check follows all reads: a later connect of the socket does not change what was read. */
	alone = !(record->flags & UNRACED_SOCKET_SHARED) &&
		!(from->is_request && unraced_is_seen_late(&record->connect, sk, from->followed)) &&
		!unraced_peer_is_doubtful(&record->connect, builder->tail, sk, from->result) &&
		call->connecting.sock == (__u64)sk && !is_held_by_more(file, references) &&
		!connect_was_overlapped(call, record->connect.family, own_attempts(builder, call, from));
	if (!alone)
		record->flags |= UNRACED_SOCKET_SHARED;
	if (judge)
		record->integrity = verdict;
	else
		record->integrity =
			unraced_judge_copied_address(record->integrity, verdict, &record->connect,
						     builder->tail, alone, call->heed, from->result);
	is_own = !call->indirect || is_indirect_socket(record, call, sk, alone);
	if (record->integrity == UNRACED_INTEGRITY_MATCH && judge &&
	    (!alone || !is_own || !unraced_chose_peer(from->result)))
		record->integrity = UNRACED_INTEGRITY_UNCHECKED;
	if (call->indirect && is_own && record->integrity == UNRACED_INTEGRITY_MATCH)
		record->how_integrity = UNRACED_INTEGRITY_MATCH;
	if (!is_own) {
		record->flags &= ~(UNRACED_HAS_SOCKET | UNRACED_SOCKET_SHARED);
		record->connect.local = (struct unraced_slice){};
		record->connect.remote = (struct unraced_slice){};
		record->connect.family = 0;
		record->connect.type = 0;
		record->connect.protocol = 0;
	}
}

static __always_inline void describe_opened(struct builder *builder, struct walk *walk, struct file *file,
					    const struct call *call, struct tail_context *from, bool judge)
{
	struct unraced_record *record = &builder->record;

	judge = judge && !base_is_unknown(call, is_absolute(builder), bpf_get_current_task_btf(), record->exit_ns);
	unraced_describe_inode(record, file);
	walk_begin(walk, file, record->mount_ns, !judge ? 0 : is_absolute(builder) ? &call->root : &call->start);
	if (from->is_request)
		walk->event_ns_id = from->request.by.mount_ns_id;
	if (is_absolute(builder)) {
		int match;

		from->file = (__u64)file;
		match = match_fast_path();
		if (match == PROVEN)
			record->integrity = UNRACED_INTEGRITY_MATCH;
		/* Without the proof, the whole walk judges the path. */
		if (match == PROVEN || (match == NAMED && !judge))
			return;
	}
	describe_path(builder, walk);
	if (judge)
		record->integrity = judge_path(builder, walk, file);
}

/*
 * Judges the kernel's copy of the address of a connect whose socket is not described, as it reached no peer, or another
 * task has replaced the descriptor. The socket of a request is that of its file; the descriptor may have led to another
 * one at the submission. No attempt is overlooked: the one that counted may be that of a send on a ring, whose error
 * the request fetched. A thread that shares the descriptors counts its connect before it holds the file, and once more
 * after it let go of it, so neither the counts nor the holders rule it out. The kernel verifies this function once.
 */
__noinline int judge_undescribed(struct call *call)
{
	struct builder *builder = SCRATCH(record_scratch);
	struct tail_context *from = SCRATCH(tail_context);
	struct unraced_connect socket = {};
	struct unraced_record *record;
	__s64 references = 1;
	__u32 shared = 0;
	struct file *file;
	struct sock *sk;
	__u8 heed;
	bool alone;

	if (!call || !builder || !from)
		return 0;
	record = &builder->record;
	socket.family = call->connecting.family;
	socket.address = record->connect.address;
	heed = call->heed;
	file = file_of(bpf_get_current_task_btf(), call->fd, &shared);
	if (from->is_request) {
		references += (__u64)file == from->file && !call->direct_descriptor;
		file = (struct file *)from->file;
		sk = file ? sock_of(file) : 0;
		if ((__u64)sk != call->connecting.sock)
			heed = heed_since_entry(call, file);
	}
	alone = !(record->flags & UNRACED_FD_TABLE_SHARED) && file && !is_held_by_more(file, references) &&
		!connect_was_overlapped(call, socket.family, 0);
	record->integrity = unraced_judge_copied_address(record->integrity, UNRACED_INTEGRITY_UNCHECKED, &socket,
							 builder->tail, alone, heed, from->result);
	return 0;
}

/* Describes the call's object, and judges an argument that has no proof yet. */
static __always_inline void describe_object(struct builder *builder, struct walk *walk, struct task_struct *task,
					    const struct call *call, struct tail_context *from, bool is_connect,
					    bool judge)
{
	struct unraced_record *record = &builder->record;
	long result = from->result;
	struct file *file = 0;
	__s64 references = 1;
	__u32 shared = 0;

	if (is_connect ? !unraced_has_peer(result) : result < 0)
		return;
	if (is_connect) {
		file = file_of(task, call->fd, &shared);
		if (!from->is_request) {
			record->flags |= shared;
		} else {
			/*
			 * The request has a reference, and the descriptor one if no later request of the batch closed
			 * it.
			 */
			references += (__u64)file == from->file && !call->direct_descriptor;
			file = (struct file *)from->file;
		}
		if (file)
			describe_connected(builder, file, call, from, judge, references);
	} else if (!call->direct_descriptor) {
		file = file_of(task, result, &record->flags);
		if (file && !unraced_is_replaced(record, file, call->flags))
			describe_opened(builder, walk, file, call, from, judge);
	}
	if (!(record->flags & (UNRACED_HAS_FILE | UNRACED_HAS_SOCKET)))
		record->flags |= UNRACED_OBJECT_MISSED;
}

/* Describes the call's object, and judges the argument by the object or by a change in memory. */
static __always_inline void judge_call(struct call *call, struct tail_context *from, struct builder *builder,
				       struct task_struct *task, bool is_connect)
{
	struct walk *walk = SCRATCH(walk_scratch);
	struct unraced_record *record;
	__u32 tid = task->pid;
	struct resolved *resolved;
	bool judge;

	if (!walk)
		return;
	record = &builder->record;
	/* The kernel's copy needs no other proof. */
	judge = call->integrity && (record->provenance == UNRACED_PROVENANCE_ENTER ||
				    record->provenance == UNRACED_PROVENANCE_EXIT);
	/* A request has no captured object; its result leads to the file. */
	resolved = from->is_request ? 0 : resolved_of(call, tid, from->result);
	if (resolved) {
		if (is_connect ? unraced_has_peer(from->result) : from->result >= 0) {
			use_resolved(builder, is_connect, resolved);
			if (is_connect && (connect_was_overlapped(call, record->connect.family, 0) ||
					   unraced_has_lost_peer(&record->connect, builder->tail, from->result) ||
					   unraced_has_other_connects(&record->connect)))
				record->flags |= UNRACED_SOCKET_SHARED;
			if (is_connect && record->provenance == UNRACED_PROVENANCE_KERNEL)
				record->integrity = unraced_judge_copied_address(
					record->integrity,
					is_copied(record, from->result) ? judge_address(call->connecting.device) :
									  UNRACED_INTEGRITY_UNCHECKED,
					&record->connect, builder->tail, !(record->flags & UNRACED_SOCKET_SHARED),
					call->heed, from->result);
		}
		return;
	}
	/* The submitter may reuse the argument's memory before the request ends. */
	if (judge && !from->is_request)
		look_for_changes(builder, is_connect, call);
	if (record->integrity == UNRACED_INTEGRITY_CHANGED)
		judge = 0;
	describe_object(builder, walk, task, call, from, is_connect, judge);
	if (is_connect && record->provenance == UNRACED_PROVENANCE_KERNEL && !(record->flags & UNRACED_HAS_SOCKET))
		judge_undescribed(call);
	if (call->indirect == BLOCK_READ && record->how_integrity == UNRACED_INTEGRITY_UNCHECKED &&
	    record->how_provenance == UNRACED_PROVENANCE_ENTER && block_changed(call))
		record->how_integrity = UNRACED_INTEGRITY_CHANGED;
	if (judge && record->integrity == UNRACED_INTEGRITY_MATCH &&
	    unraced_descriptor_proves_nothing(record->flags, call->enter_ns))
		record->integrity = UNRACED_INTEGRITY_UNCHECKED;
}

/*
 * Returns whether the kernel resolved the path in another mount namespace than the one that the event names, or may
 * have: after chroot(2) to a root of another namespace, for example (R2.46). A file proves it by its own mount; this is
 * for calls without one. A request's task is the submitter's, or a worker of it, or nobody knows. One that ran later
 * than its submission may have used a descriptor that leads elsewhere by now.
 */
static __always_inline bool starts_elsewhere(struct call *call, const struct tail_context *from,
					     const struct unraced_record *record, struct task_struct *task)
{
	int place;

	if (record->tgid != (__u32)task->tgid)
		return 0;
	place = place_of_start(call, record->mount_ns);
	if (place == START_IS_GONE)
		return unraced_directory_is_unknown(from->is_request &&
							    (from->request.at.waits || from->request.at.punted),
						    record->result);
	return place == STARTS_ELSEWHERE;
}

/*
 * A successful call has passed the kernel's copy of its argument. If it still has only the snapshot from entry, the
 * program that captures the copy did not run, or it had no room.
 */
static __always_inline bool lacks_copy(const struct call *call, const struct tail_context *from)
{
	return call->mitigation == UNRACED_MITIGATION_KERNEL &&
	       (call->provenance == UNRACED_PROVENANCE_ENTER ||
		(call->unread && call->provenance != UNRACED_PROVENANCE_KERNEL)) &&
	       from->result >= 0 && !from->is_request;
}

/* Makes the event of a call; tail_context has the rest of its state. */
static __always_inline int emit(struct call *call, bool is_connect)
{
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *stats = own_stats();
	struct tail_context *from = SCRATCH(tail_context);
	struct builder *builder = SCRATCH(record_scratch);
	struct task_struct *task = bpf_get_current_task_btf();
	struct unraced_record *record;

	if (!call || !shared || !stats || !from || !builder)
		return 0;
	record = &builder->record;
	__builtin_memset(record, 0, sizeof(*record));
	builder->end = 0;
	record->version = UNRACED_RECORD_VERSION;
	record->type = UNRACED_RECORD_MERGED;
	record->mitigation = call->mitigation;
	record->syscall = from->syscall;
	record->flags = call->record_flags;
	record->enter_ns = call->enter_ns;
	record->exit_ns = bpf_ktime_get_boot_ns();
	record->result = from->result;
	record->abi = call->abi;
	if (from->is_request) {
		record->origin = UNRACED_ORIGIN_IO_URING;
	} else {
		identify(&from->request.by, task);
	}
	describe_caller(record, &from->request.by);
	describe_arguments(builder, is_connect, call, (const void *)from->bytes);
	if (!(record->flags & UNRACED_NOT_EXECUTED))
		judge_call(call, from, builder, task, is_connect);
	/* The file's own mount proves the namespace, if it has one. */
	if ((record->flags & (UNRACED_HAS_FILE | UNRACED_DETACHED)) != UNRACED_HAS_FILE &&
	    !(record->flags & (UNRACED_FOREIGN_MOUNT_NS | UNRACED_NOT_EXECUTED)) &&
	    ((from->is_request && from->namespace_unknown) || starts_elsewhere(call, from, record, task)))
		record->flags |= UNRACED_FOREIGN_MOUNT_NS;
	if (lacks_copy(call, from))
		stats->copies_missed++;
	send(stats, shared, builder);
	return 0;
}

__noinline int emit_open(struct call *call)
{
	return emit(call, 0);
}

__noinline int emit_connect(struct call *call)
{
	return emit(call, 1);
}

/*
 * Filters and sends the event. The filter is inline: kernel 6.1 accepts no pointer argument of a function as a map key.
 */
static __always_inline void finish_call(struct unraced_counters *stats, struct unraced_control *shared,
					const struct tail_context *from, struct call *call, bool is_connect)
{
	enum unraced_verdict verdict = filter_return(shared, call, from->result);

	if (verdict != UNRACED_PASS)
		unraced_count_filtered(&stats->filtered, verdict);
	else if (lose_if_limited(stats, shared, from->is_request ? &from->request.by : 0))
		return;
	else if (is_connect)
		emit_connect(call);
	else
		emit_open(call);
}

#endif
