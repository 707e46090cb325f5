/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file has the parts of a record that opens and connects share: the caller, the arguments, the number.
 * out/open_record.h and out/connect_record.h make the records of returning calls of them.
 */
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
 * Fills in the caller (R1.5, R1.6, R1.7, R1.8) and the key of its image (R16.6), with plain loads where the kernel can
 * cast: calling a helper costs more than the helper's work.
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

/* Says where the arguments were read. The call acts on the kernel's copy, so the copy is a match (R2.17, R2.34). */
static __always_inline void describe_provenance(struct unraced_record *record, const struct call *call)
{
	record->provenance = call->provenance;
	record->how_provenance = call->how_provenance;
	record->integrity = call->verdict;
	if (call->provenance == UNRACED_PROVENANCE_KERNEL && !call->verdict)
		record->integrity = UNRACED_INTEGRITY_MATCH;
	record->how_integrity = call->how_verdict;
	if (call->how_provenance == UNRACED_PROVENANCE_KERNEL && !call->how_verdict)
		record->how_integrity = UNRACED_INTEGRITY_MATCH;
}

/* Puts the arguments of an open into the record, but for the path, whose slice it returns. */
static __always_inline struct unraced_slice *put_open(struct unraced_record *record, const struct call *call)
{
	describe_provenance(record, call);
	record->open.dirfd = call->dirfd;
	record->open.flags = call->flags;
	record->open.mode = call->mode;
	record->open.resolve = call->resolve;
	record->open.how_size = call->how_size;
	return &record->open.path;
}

/* Puts the arguments of a connect into the record, but for the address, whose slice it returns. */
static __always_inline struct unraced_slice *put_connect(struct unraced_record *record, const struct call *call)
{
	describe_provenance(record, call);
	record->connect.fd = call->fd;
	record->connect.addrlen = call->addrlen;
	/* Only socketcall(2) has more in memory than the address. */
	if (!call->indirect)
		record->how_provenance = UNRACED_PROVENANCE_NONE;
	record->how_integrity = UNRACED_INTEGRITY_UNCHECKED;
	return &record->connect.address;
}

/* Appends the path or the address. */
static __always_inline void append_argument(struct builder *builder, struct unraced_slice *slice,
					    const struct call *call, const void *bytes)
{
	struct unraced_record *record = &builder->record;
	__u32 length = call->length;
	__u8 *to;

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

/*
 * Numbers the record (R9.2) and puts it into the ring. A record that finds no room there has a number all the same
 * (R9.3).
 */
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
 * Tells whether the argument needs a proof; the kernel's copy needs no other. Without integrity nothing is judged
 * (R2.38).
 */
static __always_inline bool needs_proof(const struct unraced_record *record, const struct call *call)
{
	return call->integrity && (record->provenance == UNRACED_PROVENANCE_ENTER ||
				   record->provenance == UNRACED_PROVENANCE_EXIT);
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
	place = locate_start(call, record->mount_ns);
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

/*
 * Begins the record of a call with what opens and connects have alike, such as the raw result (R1.2, R1.3). Its other
 * state is in tail_context.
 */
static __always_inline void begin_record(struct builder *builder, const struct call *call, struct tail_context *from,
					 struct task_struct *task)
{
	struct unraced_record *record = &builder->record;

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
}

/* Sends the record of a call, after the flags that depend on its object. */
static __always_inline void finish_record(struct unraced_counters *stats, struct unraced_control *shared,
					  struct builder *builder, struct call *call, const struct tail_context *from,
					  struct task_struct *task)
{
	struct unraced_record *record = &builder->record;

	/* The file's own mount proves the namespace, if it has one. */
	if ((record->flags & (UNRACED_HAS_FILE | UNRACED_DETACHED)) != UNRACED_HAS_FILE &&
	    !(record->flags & (UNRACED_FOREIGN_MOUNT_NS | UNRACED_NOT_EXECUTED)) &&
	    ((from->is_request && from->namespace_unknown) || starts_elsewhere(call, from, record, task)))
		record->flags |= UNRACED_FOREIGN_MOUNT_NS;
	if (lacks_copy(call, from))
		stats->copies_missed++;
	send(stats, shared, builder);
}

/*
 * Returns whether a call becomes an event; counts one that does not. This is inline: kernel 6.1 accepts no pointer
 * argument of a function as a map key.
 */
static __always_inline bool becomes_event(struct unraced_counters *stats, struct unraced_control *shared,
					  const struct tail_context *from, const struct call *call)
{
	enum unraced_verdict verdict = filter_return(shared, call, from->result);

	if (verdict == UNRACED_PASS)
		return !count_lost_if_limited(stats, shared, from->is_request ? &from->request.by : 0);
	unraced_count_filtered(&stats->filtered, verdict);
	return 0;
}

#endif
