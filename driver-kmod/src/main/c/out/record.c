// SPDX-License-Identifier: GPL-2.0-only
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/ktime.h>

#include "call/arguments.h"
#include "filter/filter.h"
#include "object/descriptor.h"
#include "object/resolved.h"
#include "out/limit.h"
#include "out/record.h"
#include "out/ring.h"
#include "path/mounts.h"
#include "unraced/filter.h"

/*
 * In the initial user namespace a user's number is the kernel's own (kernel/user.c). The caller reads under RCU, as
 * credentials of another task need it.
 */
static void describe_user(struct unraced_record *record, struct task_struct *task, const struct cred *cred)
{
	if (!cred)
		cred = task == current ? current_cred() : __task_cred(task);
	record->uid = __kuid_val(cred->uid);
	record->gid = __kgid_val(cred->gid);
}

void unraced_describe_task(struct unraced_record *record, struct task_struct *task, const struct cred *cred)
{
	struct pid_namespace *pid_ns;

	record->tid = task->pid;
	record->tgid = task->tgid;
	record->thread_start_ns = task->start_boottime;
	record->process_start = UNRACED_PROCESS_START(task->group_leader->start_boottime);
	record->exec_id = task->self_exec_id;
	rcu_read_lock();
	describe_user(record, task, cred);
	record->parent_tgid = rcu_dereference(task->real_parent)->tgid;
	record->cgroup_id = cgroup_id(task_dfl_cgroup(task));
	pid_ns = task_active_pid_ns(task);
	record->pid_ns = pid_ns ? pid_ns->ns.inum : 0;
	rcu_read_unlock();
	record->mount_ns = unraced_namespace_of(task);
	memcpy(record->comm, task->comm, sizeof(record->comm));
}

void unraced_describe_caller(struct unraced_record *record)
{
	unraced_describe_task(record, current, NULL);
}

/*
 * Checks after the record is there. The reader first sets waiting and then looks for records, so one of the two sees
 * the other.
 */
static void wake_reader(struct unraced_capture *capture, const struct unraced_ring *ring,
			struct unraced_counters *counters)
{
	struct unraced_reader *reader = capture->reader;

	/* This pairs with the reader's barrier between setting waiting and looking for records. */
	smp_mb();
	if (!READ_ONCE(reader->waiting) || unraced_ring_unread(ring) < READ_ONCE(reader->watermark) ||
	    !xchg(&reader->waiting, 0))
		return;
	counters->wakeups++;
	irq_work_queue(&capture->wakeup);
}

/*
 * The ring of this CPU if each CPU has one. Such a ring has one producer at a time, so its records are in order of
 * time.
 */
static struct unraced_ring *unraced_ring_here(struct unraced_capture *capture)
{
	return &capture->rings[capture->ring_count > 1 ? smp_processor_id() : 0];
}

/* Writes a record of a caller, or counts its loss (R1.1). */
static __always_inline void write_record(struct unraced_capture *capture, struct unraced_counters *counters,
					 const void *record, u32 length, u32 uid, u64 cgroup)
{
	struct unraced_ring *ring = unraced_ring_here(capture);

	if (!unraced_ring_write(ring, record, length)) {
		counters->ring_full++;
		unraced_count_loss(capture, uid, cgroup);
		return;
	}
	counters->submitted++;
	wake_reader(capture, ring, counters);
}

/* The ring's code is a part of this function, as each event of a call comes here. */
__flatten void unraced_send(struct unraced_capture *capture, struct unraced_scratch *scratch)
{
	struct unraced_counters *counters = unraced_counters_here(capture);
	struct unraced_record *record = &scratch->call.record;

	record->source = smp_processor_id();
	record->sequence = ++counters->sequence;
	write_record(capture, counters, record, unraced_call_finish(&scratch->call), record->uid, record->cgroup_id);
}

void unraced_send_process(struct unraced_capture *capture, struct unraced_process_builder *builder)
{
	struct unraced_counters *counters = unraced_counters_here(capture);
	struct unraced_process *record = &builder->record;
	u32 size = unraced_process_size(builder);

	unraced_process_number(record, smp_processor_id(), ++counters->process_sequence, size);
	/* The reader asks for events of the processes that are there, so nobody floods by these (R7.3). */
	if (unraced_has_limits(capture) && record->type != UNRACED_RECORD_ALIVE &&
	    unraced_exceeds_limits(capture, record->uid, record->cgroup_id)) {
		counters->rate_limited++;
		unraced_count_loss(capture, record->uid, record->cgroup_id);
		return;
	}
	write_record(capture, counters, record, size, record->uid, record->cgroup_id);
}

static u64 own_cgroup(void)
{
	u64 id;

	rcu_read_lock();
	id = cgroup_id(task_dfl_cgroup(current));
	rcu_read_unlock();
	return id;
}

/*
 * Returns whether an event is beyond a limit of its caller, and then counts it as lost and takes its number, which is
 * missing then (R9.3).
 */
static bool count_lost_if_limited(struct unraced_capture *capture, const struct unraced_record *record)
{
	struct unraced_counters *counters = unraced_counters_here(capture);
	/* A request counts for its submitter, whom its record has named since the submission. */
	bool is_request = record->origin == UNRACED_ORIGIN_IO_URING;
	u64 cgroup;
	u32 uid;

	if (!unraced_has_limits(capture))
		return false;
	uid = is_request ? record->uid : __kuid_val(current_uid());
	cgroup = is_request ? record->cgroup_id : own_cgroup();
	if (!unraced_exceeds_limits(capture, uid, cgroup))
		return false;
	counters->sequence++;
	counters->rate_limited++;
	unraced_count_loss(capture, uid, cgroup);
	return true;
}

bool unraced_admit_event(struct unraced_capture *capture, struct unraced_scratch *scratch)
{
	if (scratch->call.filters & UNRACED_FILTERS_AT_RETURN) {
		enum unraced_verdict verdict = unraced_filter_return(capture, &scratch->call);

		unraced_count_filtered(&unraced_counters_here(capture)->filtered, verdict);
		if (verdict != UNRACED_PASS)
			return false;
	}
	return !count_lost_if_limited(capture, &scratch->call.record);
}

/*
 * Returns whether a connect may be one of a UNIX socket: by its act, or else by its descriptor. Another thread that
 * shares the descriptors may have put another socket there before the return.
 */
static bool may_be_unix(const struct unraced_scratch *scratch)
{
	if (scratch->call.record.syscall != UNRACED_CONNECT)
		return false;
	if (scratch->acted)
		return scratch->act.family == AF_UNIX;
	return (scratch->call.record.flags & UNRACED_FD_TABLE_SHARED) || unraced_leads_to_unix(&scratch->call);
}

void unraced_finish(struct unraced_capture *capture, struct unraced_scratch *scratch)
{
	struct unraced_record *record = &scratch->call.record;

	if (!unraced_admit_event(capture, scratch))
		return;
	/* Both times are of CLOCK_BOOTTIME (R1.11). */
	record->exit_ns = ktime_get_boottime_ns();
	if (!(record->flags & UNRACED_NOT_EXECUTED))
		unraced_describe_object(capture, scratch);
	unraced_describe_caller(record);
	unraced_compare_namespaces(&scratch->call, may_be_unix(scratch));
	unraced_send(capture, scratch);
}

void unraced_emit_enter(struct unraced_capture *capture, struct unraced_scratch *scratch)
{
	struct unraced_record *record = &scratch->call.record;
	u32 flags = record->flags;

	unraced_counters_here(capture)->entered++;
	if (count_lost_if_limited(capture, record))
		return;
	record->type = UNRACED_RECORD_ENTER;
	record->flags |= unraced_faulted(&scratch->call);
	unraced_describe_caller(record);
	unraced_send(capture, scratch);
	record->type = UNRACED_RECORD_MERGED;
	record->flags = flags;
}
