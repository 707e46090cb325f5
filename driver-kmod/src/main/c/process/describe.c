// SPDX-License-Identifier: GPL-2.0-only
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/ktime.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/tty.h>
#include <linux/tty_driver.h>

#include "call/scratch.h"
#include "path/mounts.h"
#include "path/walk.h"
#include "process/describe.h"
#include "unraced/object.h"

/* A task that ends has no namespaces any more. */
static u32 namespace_of_process(struct task_struct *task)
{
	u32 number;

	if (task == current)
		return unraced_namespace_of(task);
	task_lock(task);
	number = task->nsproxy ? unraced_namespace_number(task->nsproxy->mnt_ns) : 0;
	task_unlock(task);
	return number;
}

void unraced_read_credentials(struct unraced_credentials *to, const struct cred *cred)
{
	to->uid = __kuid_val(cred->uid);
	to->gid = __kgid_val(cred->gid);
	to->euid = __kuid_val(cred->euid);
	to->egid = __kgid_val(cred->egid);
	BUILD_BUG_ON(sizeof(to->capabilities) != sizeof(cred->cap_effective));
	memcpy(&to->capabilities, &cred->cap_effective, sizeof(to->capabilities));
}

static void describe_credentials(struct unraced_process *record, struct task_struct *task)
{
	const struct cred *cred = task == current ? current_cred() : __task_cred(task);
	struct unraced_credentials now;

	unraced_read_credentials(&now, cred);
	if (cred->user_ns != &init_user_ns)
		record->flags |= UNRACED_NESTED_USER_NS;
	record->uid = now.uid;
	record->gid = now.gid;
	record->euid = now.euid;
	record->egid = now.egid;
	record->capabilities = now.capabilities;
}

/* The parent of a task that the kernel has let go of may be gone. */
static void describe_family(struct unraced_process *record, struct task_struct *task)
{
	struct pid_namespace *pid_ns = task_active_pid_ns(task);
	struct task_struct *parent = rcu_dereference(task->real_parent);

	record->session = pid_nr(task_session(task));
	if (!pid_ns || !pid_alive(task))
		return;
	record->parent_tgid = parent->tgid;
	record->parent_start_ns = parent->group_leader->start_boottime;
	record->pid_ns = pid_ns->ns.inum;
	record->own_tgid = task_tgid_nr_ns(task, pid_ns);
}

/*
 * Returns the controlling terminal for a record. The lock keeps it (drivers/tty/tty_jobctrl.c), and this
 * is how the kernel takes the lock of another task's process (__lock_task_sighand() of kernel/signal.c).
 */
static u32 terminal_of(struct task_struct *task)
{
	struct sighand_struct *sighand = rcu_dereference(task->sighand);
	u32 device = UNRACED_TERMINAL_UNKNOWN;
	const struct tty_struct *terminal;
	unsigned long flags;

	/* A process that its parent has waited for has none any more. */
	if (!sighand)
		return device;
	spin_lock_irqsave(&sighand->siglock, flags);
	if (sighand == rcu_access_pointer(task->sighand)) {
		terminal = task->signal->tty;
		device = terminal ? unraced_terminal_device(terminal->driver->major, terminal->driver->minor_start,
							    terminal->index)
				  : UNRACED_NO_TERMINAL;
	}
	spin_unlock_irqrestore(&sighand->siglock, flags);
	return device;
}

void unraced_describe_process(struct unraced_process_builder *builder, u8 type, struct task_struct *task)
{
	struct unraced_process *record = &builder->record;

	builder->end = 0;
	unraced_process_begin(record, type, ktime_get_boottime_ns());
	record->start_ns = task->group_leader->start_boottime;
	record->tgid = task->tgid;
	record->tid = record->tgid;
	record->exec_id = task->self_exec_id;
	memcpy(record->comm, task->comm, sizeof(record->comm));
	record->mount_ns = namespace_of_process(task);
	rcu_read_lock();
	describe_credentials(record, task);
	describe_family(record, task);
	record->terminal = terminal_of(task);
	record->cgroup_id = cgroup_id(task_dfl_cgroup(task));
	rcu_read_unlock();
}

void unraced_append_name(struct unraced_process_builder *builder, struct unraced_slice *slice, const char *name)
{
	u32 length = strnlen(name, UNRACED_PATH_MAX);

	memcpy(unraced_process_place(builder, slice, length), name, length);
}

void unraced_describe_executable(struct unraced_capture *capture, struct unraced_process_builder *builder,
				 const struct file *file)
{
	struct unraced_process *record = &builder->record;
	struct unraced_scratch *scratch = unraced_scratch(capture);
	struct unraced_walk *walk = &scratch->walk;
	u32 length;

	unraced_identify_file((struct file *)file, &record->inode, &record->device_major, &record->device_minor);
	unraced_walk_to_root(walk, file, scratch->path, record->mount_ns);
	record->flags |= UNRACED_HAS_FILE | walk->flags;
	length = UNRACED_PATH_ROOM - walk->position;
	memcpy(unraced_process_place(builder, &record->resolved, length), scratch->path + walk->position, length);
}

void unraced_describe_cgroup(struct unraced_process_builder *builder, struct task_struct *task)
{
	u32 at = unraced_process_end(builder);
	struct cgroup *cgroup;
	int length;

	rcu_read_lock();
	/* The task may have been moved since the record began; id and path must be those of one cgroup. */
	cgroup = task_dfl_cgroup(task);
	builder->record.cgroup_id = cgroup_id(cgroup);
	length = cgroup_path(cgroup, &builder->tail[at], UNRACED_CGROUP_PATH_MAX + 1);
	rcu_read_unlock();
	if (length > 0 && length <= UNRACED_CGROUP_PATH_MAX)
		unraced_process_text(builder, &builder->record.cgroup, at, length);
}
