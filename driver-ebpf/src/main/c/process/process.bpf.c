/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The programs of process events (spec.md, chapter 16). They are a separate object, which is loaded only where process
 * events are configured. They share the ring, the filters (R16.7) and the counters with the programs of calls.
 */
#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "unraced/image.h"
#include "lib/control.h"
#include "lib/maps.h"
#include "process/attempts.h"
#include "process/describe.h"
#include "process/execs.h"
#include "process/types.h"
#include "syscall/filter.h"

char LICENSE[] SEC("license") = "GPL";

/*
 * The new image is in place, and the program has not run yet. The path and the interpreter are the kernel's own copies;
 * the file is the one that the kernel has mapped (R16.2), of a script the interpreter's (R16.3).
 */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_exec, struct task_struct *task, int before, struct linux_binprm *program)
{
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *stats = own_stats();
	struct process_scratch *scratch = SCRATCH(exec_scratch);
	struct unraced_process_builder *builder;
	const char *path, *interpreter;
	struct unraced_exec *exec;
	struct mm_struct *mm;
	bool changed = 0;
	struct file *file;

	if (!shared || !stats || !scratch)
		return 0;
	if (filter(shared, current_filters(shared)) != UNRACED_PASS) {
		/* A tracer can hide the return of this call, and the entry would answer for another one. */
		drop_attempt(task);
		return 0;
	}
	builder = &scratch->builder;
	builder->end = 0;
	begin_process(&builder->record, UNRACED_RECORD_EXEC, task);
	builder->record.tid = before;
	path = KREAD(program, filename);
	append_name(builder, &builder->record.path, path);
	exec = attempt_of(task);
	if (exec) {
		unraced_exec_came(&builder->record, exec);
		/* The path is the first text of the tail. */
		changed = is_exec_path_changed(exec, task, builder->tail, builder->record.path.length);
	}
	unraced_exec_path_is_copied(&builder->record, KREAD(program, fdpath), changed);
	interpreter = KREAD(program, interp);
	if (interpreter != path) {
		append_name(builder, &builder->record.interpreter, interpreter);
		/* The interpreter's file does not tell where the script was found (R2.46). */
		if (exec_starts_elsewhere(exec, task, builder->record.mount_ns))
			builder->record.flags |= UNRACED_FOREIGN_MOUNT_NS;
	}
	drop_attempt(task);
	mm = KREAD(task, mm);
	file = mm ? KREAD(mm, exe_file) : 0;
	/* The sooner the arguments are read, the less time others have to change them. */
	if (mm)
		unraced_describe_arguments(builder, KREAD(mm, arg_start), KREAD(mm, arg_end));
	if (file)
		describe_executable(builder, &scratch->walk, file);
	describe_cgroup(scratch, task);
	send_built(stats, shared, builder);
	return 0;
}

/* The child has not run yet. Threads, the kernel's own ones among them, are no processes (R16.1). */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_fork, struct task_struct *forker, struct task_struct *child)
{
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *stats = own_stats();
	struct unraced_process record;
	struct task_struct *leader;

	if (!shared || !stats || child->pid != child->tgid || (child->flags & PF_KTHREAD))
		return 0;
	if (!unraced_fork_passes(filter(shared, current_filters(shared))))
		return 0;
	begin_process(&record, UNRACED_RECORD_FORK, child);
	record.forker = forker->tgid;
	leader = KREAD(forker, group_leader);
	record.forker_start_ns = KREAD(leader, start_boottime);
	send_process(stats, shared, &record, sizeof(record));
	return 0;
}

/* A thread ends, the last one of its process if none is left; it has called nothing since (R16.1). */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exit, struct task_struct *task)
{
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *stats = own_stats();
	struct signal_struct *signal = KREAD((struct task_struct___process *)task, signal);
	struct task_struct *leader = KREAD(task, group_leader);
	struct unraced_process record;
	struct process_id id = {};
	enum unraced_verdict verdict;
	__u32 own_image = 0;
	bool aborted, unlisted = 0;
	__u8 told = 1;

	if (!shared || !stats || (task->flags & PF_KTHREAD))
		return 0;
	aborted = end_aborted(task, &own_image, &unlisted);
	if (!aborted)
		lose_attempt(stats, task);
	if (KREAD(signal, live.counter))
		return 0;
	verdict = filter(shared, current_filters(shared));
	if ((aborted ? unraced_end_is_judged(verdict, unlisted) : verdict) != UNRACED_PASS)
		return 0;
	id.start_ns = KREAD(leader, start_boottime);
	id.tgid = task->tgid;
	if (add_entry(&ended, &id, &told) == -EEXIST)
		return 0;
	begin_process(&record, UNRACED_RECORD_EXIT, task);
	record.tid = task->pid;
	if (aborted)
		record.exec_id = own_image;
	record.status = unraced_exit_status(KREAD(signal, flags) & SIGNAL_GROUP_EXIT, KREAD(signal, group_exit_code),
					    KREAD((struct task_struct___process *)leader, exit_code),
					    reboot_of(KREAD(leader, thread_pid)));
	send_process(stats, shared, &record, sizeof(record));
	return 0;
}

/* PID_MAX_LIMIT of include/linux/threads.h: no process has more threads. */
#define MAX_THREADS (1 << 22)

/* The search for a thread that lives. Its memory stays while any thread of the process lives. */
struct thread_search {
	__u64 head;
	__u64 at;
	struct task_struct *found;
	struct mm_struct *mm;
};

static long look_at_thread(__u64 step, struct thread_search *search)
{
	struct task_struct *thread;
	__u64 at = search->at;

	if (bpf_probe_read_kernel(&at, sizeof(at), (void *)at) || !at || at == search->head)
		return 1;
	search->at = at;
	thread = (void *)(at - bpf_core_field_offset(struct task_struct___process, thread_node));
	search->mm = KREAD(thread, mm);
	if (!search->mm)
		return 0;
	search->found = thread;
	return 1;
}

/*
 * Finds the first thread, or, if that has ended and left no memory, one that lives. A tracer can keep as many ended
 * ones before that as it likes, so each is looked at. The thread that is found can end before it is looked at again.
 */
static __always_inline struct thread_search living_thread(struct task_struct *leader)
{
	struct thread_search search = {.found = leader, .mm = KREAD(leader, mm)};

	if (search.mm)
		return search;
	search.head = KREAD_NUMBER((struct task_struct___process *)leader, signal) +
		      bpf_core_field_offset(struct signal_struct, thread_head);
	search.at = search.head;
	bpf_loop(MAX_THREADS, look_at_thread, &search, 0);
	return search;
}

/*
 * The loader runs this program once for each task, after the programs above are attached. An exec meanwhile makes an
 * event of its own, later in the ring; so a process whose image changes here is left out (R16.5).
 */
SEC("iter/task")
int process_alive(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *stats = own_stats();
	struct process_scratch *scratch = SCRATCH(alive_scratch);
	struct unraced_process_builder *builder;
	struct signal_struct *signal;
	struct thread_search living;
	struct task_struct *thread;
	struct mm_struct *mm;
	struct file *file;

	if (!task || !shared || !stats || !scratch || task->pid != task->tgid || (task->flags & PF_KTHREAD))
		return 0;
	builder = &scratch->builder;
	builder->end = 0;
	living = living_thread(task);
	thread = living.found;
	mm = living.mm;
	begin_process(&builder->record, UNRACED_RECORD_ALIVE, thread);
	file = mm ? KREAD(mm, exe_file) : 0;
	if (file)
		describe_executable(builder, &scratch->walk, file);
	describe_cgroup(scratch, thread);
	signal = KREAD((struct task_struct___process *)task, signal);
	/*
	 * A process whose last thread has ended stays for its parent to see. A thread that executes a program ends the
	 * others, takes the first one's place, and leaves their self_exec_id as it was.
	 */
	if (KREAD(thread, self_exec_id) != builder->record.exec_id || KREAD(task, group_leader) != task ||
	    !KREAD(signal, live.counter))
		return 0;
	send_built(stats, shared, builder);
	return 0;
}
