// SPDX-License-Identifier: GPL-2.0-only
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>

#include "filter/filter.h"
#include "out/record.h"
#include "process/attempts.h"
#include "process/describe.h"
#include "process/events.h"
#include "process/scratch.h"
#include "stash/stash.h"
#include "unraced/image.h"

/* Returns whether the snapshot of an exec's path differs from the kernel's copy, the first text of the tail. */
static bool is_path_changed(const struct unraced_attempt *attempt, const struct unraced_process_builder *builder)
{
	u32 length = builder->record.path.length;

	return unraced_exec_has_snapshot(&attempt->exec) &&
	       (attempt->exec.length != length || memcmp(attempt->path, builder->tail, length));
}

/*
 * The path and the interpreter are the kernel's own copies. Nobody can give the new memory another executable yet:
 * prctl(2) of the one thread that has it could, and it has not run.
 */
static void tell_exec(struct unraced_capture *capture, struct task_struct *task, pid_t before,
		      const struct linux_binprm *program, const struct unraced_attempt *attempt)
{
	struct unraced_process_builder *builder = unraced_process_builder(capture);
	struct unraced_process *record = &builder->record;
	const struct mm_struct *mm = task->mm;
	const struct file *file = mm ? rcu_dereference_raw(mm->exe_file) : NULL;

	unraced_describe_process(builder, UNRACED_RECORD_EXEC, task);
	record->tid = before;
	if (attempt)
		unraced_exec_came(record, &attempt->exec);
	unraced_append_name(builder, &record->path, program->filename);
	unraced_exec_path_is_copied(record, program->fdpath, attempt && is_path_changed(attempt, builder));
	if (program->interp != program->filename) {
		unraced_append_name(builder, &record->interpreter, program->interp);
		/* The interpreter's file does not tell where the script was found (R2.46). */
		if (!attempt || unraced_exec_path_is_elsewhere(&attempt->exec))
			record->flags |= UNRACED_FOREIGN_MOUNT_NS;
	}
	/* The sooner the arguments are read, the less time others have to change them. */
	if (mm)
		unraced_describe_arguments(builder, READ_ONCE(mm->arg_start), READ_ONCE(mm->arg_end));
	if (file)
		unraced_describe_executable(capture, builder, file);
	unraced_describe_cgroup(builder, task);
	unraced_send_process(capture, builder);
}

void unraced_on_process_exec(void *data, struct task_struct *task, pid_t before, struct linux_binprm *program)
{
	struct unraced_capture *capture = data;
	const struct unraced_attempt *attempt;

	preempt_disable();
	attempt = unraced_attempt_take(capture, task);
	if (unraced_filter(capture) == UNRACED_PASS)
		tell_exec(capture, task, before, program, attempt);
	preempt_enable();
}

/* Threads, the kernel's own ones among them, are no processes. */
void unraced_on_process_fork(void *data, struct task_struct *forker, struct task_struct *child)
{
	struct unraced_capture *capture = data;
	struct unraced_process_builder *builder;

	if (child->pid != child->tgid || (child->flags & PF_KTHREAD) || !unraced_fork_passes(unraced_filter(capture)))
		return;
	preempt_disable();
	builder = unraced_process_builder(capture);
	unraced_describe_process(builder, UNRACED_RECORD_FORK, child);
	builder->record.forker = forker->tgid;
	builder->record.forker_start_ns = forker->group_leader->start_boottime;
	unraced_send_process(capture, builder);
	preempt_enable();
}

static bool keep_first(const struct unraced_edit *found, void *with)
{
	bool *first = with;

	*first = !found->known;
	return true;
}

/* The last threads of a process can end at once, and on kernels before 6.16 each seems the last. */
static bool is_first_end(struct unraced_capture *capture, struct task_struct *task)
{
	bool first = true;

	unraced_stash_edit(capture->ended, task->tgid, task->group_leader->start_boottime, 0, true, keep_first, &first);
	return first;
}

/* Returns the signal by which a reboot of its pid namespace ends the first process of it, or 0. */
static int reboot_of(struct task_struct *task)
{
	struct pid *pid = task_tgid(task);

	return pid && is_child_reaper(pid) ? ns_of_pid(pid)->reboot : 0;
}

static void tell_exit(struct unraced_capture *capture, struct task_struct *task, u32 image)
{
	struct unraced_process_builder *builder = unraced_process_builder(capture);
	const struct signal_struct *signal = task->signal;

	/* An event of this process being alive is in the ring by now, or is never made. */
	raw_spin_lock(&capture->alive_lock);
	raw_spin_unlock(&capture->alive_lock);
	unraced_describe_process(builder, UNRACED_RECORD_EXIT, task);
	builder->record.tid = task->pid;
	builder->record.exec_id = image;
	builder->record.status = unraced_exit_status(signal->flags & SIGNAL_GROUP_EXIT, signal->group_exit_code,
						     task->group_leader->exit_code, reboot_of(task));
	unraced_send_process(capture, builder);
}

void unraced_on_process_exit(void *data, struct task_struct *task)
{
	struct unraced_capture *capture = data;
	enum unraced_verdict verdict;
	u32 image;

	if (task->flags & PF_KTHREAD)
		return;
	preempt_disable();
	verdict = unraced_filter(capture);
	image = unraced_attempt_end(capture, task, &verdict);
	if (!atomic_read(&task->signal->live) && verdict == UNRACED_PASS && is_first_end(capture, task))
		tell_exit(capture, task, image);
	preempt_enable();
}
