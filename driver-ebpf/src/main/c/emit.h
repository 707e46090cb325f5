/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* From a returning call to a record in the ring, unless it is one to leave out. */
#ifndef UNRACED_EMIT_H
#define UNRACED_EMIT_H

/* The pid namespace that the task lives in: ns_of_pid() of include/linux/pid.h. */
static __always_inline __u32 pid_namespace(struct task_struct *task)
{
	/* By GET, as kernel 6.1 refuses arithmetic on the pointer that a plain load gives. */
	struct pid *pid = GET(task, thread_pid);
	void *numbers = (void *)pid + bpf_core_field_offset(struct pid, numbers);
	struct upid *own = numbers + GET(pid, level) * bpf_core_type_size(struct upid);
	struct pid_namespace *ns = GET(own, ns);

	return GET(ns, ns.inum);
}

static __always_inline void describe_caller(struct unraced_record *record, struct task_struct *task)
{
	__u64 ids = bpf_get_current_uid_gid();

	record->uid = ids;
	record->gid = ids >> 32;
	record->tid = task->pid;
	record->tgid = task->tgid;
	record->thread_start_ns = task->start_boottime;
	record->parent_tgid = task->real_parent->tgid;
	record->cgroup_id = bpf_get_current_cgroup_id();
	record->mount_ns = task->nsproxy ? task->nsproxy->mnt_ns->ns.inum : 0;
	record->pid_ns = pid_namespace(task);
	bpf_get_current_comm(record->comm, sizeof(record->comm));
}

static __always_inline void describe_arguments(struct draft *draft, __u8 syscall, const struct call *call, const __u8 *bytes)
{
	struct unraced_record *record = &draft->scratch->record;
	struct unraced_slice *slice;
	__u32 length = call->length;

	record->provenance = call->provenance;
	record->how_provenance = call->how_provenance;
	record->how_integrity = call->how_provenance == UNRACED_PROVENANCE_KERNEL ? UNRACED_INTEGRITY_MATCH :
										    UNRACED_INTEGRITY_UNCHECKED;
	if (syscall == UNRACED_CONNECT) {
		record->connect.fd = call->fd;
		record->connect.addrlen = call->addrlen;
		slice = &record->connect.address;
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
	if (bpf_probe_read_kernel(append(draft, slice, length), length, bytes)) {
		/* Lost, which is not the same as empty. */
		*slice = (struct unraced_slice){};
		record->provenance = UNRACED_PROVENANCE_NONE;
	}
}

/* Numbers the record and puts it into the ring. */
static __always_inline void send(struct unraced_counters *row, struct unraced_control *shared, struct draft *draft)
{
	struct unraced_record *record = &draft->scratch->record;
	__u32 size = sizeof(*record) + (draft->end & (2 * TAIL_BYTES - 1));

	record->source = bpf_get_smp_processor_id();
	record->sequence = ++row->sequence;
	if (size > sizeof(*draft->scratch))
		return;
	record->length = size;
	submit(row, shared, record, size);
}

static __always_inline void describe_object(struct draft *draft, struct task_struct *task, __u8 syscall,
					    const struct call *call, long result)
{
	struct unraced_record *record = &draft->scratch->record;
	bool judge = call->integrity && record->provenance != UNRACED_PROVENANCE_NONE;
	struct walk walk = {};
	struct file *file;

	if (judge)
		look_for_changes(draft, syscall, call);
	if (record->integrity == UNRACED_INTEGRITY_CHANGED)
		judge = 0;
	if (syscall == UNRACED_CONNECT) {
		file = has_peer(result) ? file_of(task, call->fd, &record->flags) : 0;
		if (!file)
			return;
		describe_socket(draft, file);
		if (judge && (record->flags & UNRACED_HAS_SOCKET))
			record->integrity = judge_address(draft);
	} else if (result >= 0) {
		file = file_of(task, result, &record->flags);
		if (!file)
			return;
		if (judge)
			trail_begin(&walk.trail, is_absolute(draft) ? &call->root : &call->start);
		describe_file(draft, file, task, &walk);
		if (judge && (record->flags & UNRACED_HAS_FILE))
			record->integrity = judge_path(draft, &walk, file);
	}
	/*
	 * Another task could have put the object that the claim names behind the descriptor. A table that was not shared
	 * at entry was not shared until the return: its only user was in the call.
	 */
	if (record->integrity == UNRACED_INTEGRITY_MATCH &&
	    ((record->flags & UNRACED_FD_TABLE_SHARED) || !call->enter_ns))
		record->integrity = UNRACED_INTEGRITY_UNCHECKED;
}

static __always_inline void emit(struct unraced_counters *row, struct unraced_control *shared,
				 struct task_struct *task, __u8 syscall, const struct call *call,
				 const __u8 *bytes, long result)
{
	struct draft draft = { .scratch = SCRATCH(record_scratch) };
	enum verdict verdict = filter_return(shared, call, result);
	struct unraced_record *record;

	if (verdict != PASS) {
		count_filtered(row, verdict);
		return;
	}
	if (!draft.scratch)
		return;
	record = &draft.scratch->record;
	__builtin_memset(record, 0, sizeof(*record));
	record->version = UNRACED_RECORD_VERSION;
	record->type = UNRACED_RECORD_MERGED;
	record->mitigation = call->mitigation;
	record->syscall = syscall;
	record->flags = call->record_flags;
	record->enter_ns = call->enter_ns;
	record->exit_ns = bpf_ktime_get_boot_ns();
	record->result = result;
	describe_caller(record, task);
	describe_arguments(&draft, syscall, call, bytes);
	if (!(record->flags & UNRACED_NOT_EXECUTED))
		describe_object(&draft, task, syscall, call, result);
	send(row, shared, &draft);
}

#endif
