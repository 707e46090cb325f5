// SPDX-License-Identifier: GPL-2.0-only
#include <linux/file.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "lib/versions.h"
#include "out/record.h"
#include "process/alive.h"
#include "process/describe.h"
#include "process/scratch.h"

/* Returns the first thread of the first process from this id on, with a reference, or null. Sets the id. */
static struct task_struct *process_from(int *number)
{
	struct task_struct *leader = NULL;
	struct pid *pid;

	rcu_read_lock();
	while (!leader && (pid = find_ge_pid(*number, &init_pid_ns))) {
		*number = pid_nr(pid) + 1;
		leader = pid_task(pid, PIDTYPE_TGID);
		if (leader)
			get_task_struct(leader);
	}
	rcu_read_unlock();
	return leader;
}

/* The first thread may have ended before the others. */
static struct mm_struct *memory_of(struct task_struct *leader)
{
	struct mm_struct *mm = NULL;
	struct task_struct *thread;

	rcu_read_lock();
	for_each_thread(leader, thread) {
		mm = get_task_mm(thread);
		if (mm)
			break;
	}
	rcu_read_unlock();
	return mm;
}

/* Sends the record unless the process has ended, or another thread of it executes a program and becomes the first. */
static void send_if_alive(struct unraced_capture *capture, struct unraced_process_builder *builder,
			  struct task_struct *leader)
{
	raw_spin_lock(&capture->alive_lock);
	if (READ_ONCE(leader->group_leader) == leader && atomic_read(&leader->signal->live))
		unraced_send_process(capture, builder);
	raw_spin_unlock(&capture->alive_lock);
}

static void tell(struct unraced_capture *capture, struct task_struct *leader)
{
	struct mm_struct *mm = memory_of(leader);
	struct file *file = mm ? unraced_exe_file(mm) : NULL;
	struct unraced_process_builder *builder;

	preempt_disable();
	builder = unraced_process_builder(capture);
	unraced_describe_process(builder, UNRACED_RECORD_ALIVE, leader);
	if (file)
		unraced_describe_executable(capture, builder, file);
	unraced_describe_cgroup(builder, leader);
	send_if_alive(capture, builder, leader);
	preempt_enable();
	if (file)
		fput(file);
	if (mm)
		mmput(mm);
}

void unraced_tell_alive(struct unraced_capture *capture)
{
	struct task_struct *leader;
	int number = 1;

	while ((leader = process_from(&number))) {
		/*
		 * An exec holds this lock for writing from before it gives the process its new memory until the image
		 * has its new number (exec_mmap() and begin_new_exec() of fs/exec.c). Its own event follows.
		 */
		if (!(leader->flags & PF_KTHREAD) && down_read_trylock(&leader->signal->exec_update_lock)) {
			tell(capture, leader);
			up_read(&leader->signal->exec_update_lock);
		}
		put_task_struct(leader);
		cond_resched();
	}
}
