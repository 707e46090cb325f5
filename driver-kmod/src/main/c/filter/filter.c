// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bsearch.h>
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>

#include "filter/filter.h"
#include "path/mounts.h"
#include "filter/prefix.h"
#include "unraced/filter.h"
#include "unraced/object.h"

static int order_u32(const void *key, const void *element)
{
	u32 left = *(const u32 *)key, right = *(const u32 *)element;

	return left < right ? -1 : left > right;
}

static int order_u64(const void *key, const void *element)
{
	u64 left = *(const u64 *)key, right = *(const u64 *)element;

	return left < right ? -1 : left > right;
}

static int order_executable(const void *key, const void *element)
{
	const struct unraced_executable *left = key, *right = element;

	if (left->device != right->device)
		return left->device < right->device ? -1 : 1;
	return order_u64(&left->inode, &right->inode);
}

/* Returns whether the task is in one of the cgroups, or below. */
static bool is_in_cgroups(const struct unraced_filters *filters, struct task_struct *task)
{
	struct cgroup *cgroup;
	bool found = false;

	rcu_read_lock();
	for (cgroup = task_dfl_cgroup(task); cgroup && !found; cgroup = cgroup_parent(cgroup)) {
		u64 id = cgroup_id(cgroup);

		found = bsearch(&id, filters->cgroups, filters->lists.cgroup_count, sizeof(u64), order_u64);
	}
	rcu_read_unlock();
	return found;
}

/* A namespace that nobody knows any more passes. */
static bool is_in_mount_namespaces(const struct unraced_filters *filters, struct task_struct *task)
{
	u32 number = unraced_namespace_of(task);

	if (!number && task != current)
		return true;
	return bsearch(&number, filters->mount_namespaces, filters->lists.mount_ns_count, sizeof(u32), order_u32);
}

/*
 * Tells the file that a memory names as its executable, if any. The file and its inode stay readable, for RCU frees
 * them; but since 6.7 the file can be another one at once, so it has to be named still when its inode is known.
 */
static bool tell_executable(struct mm_struct *mm, struct unraced_executable *executable)
{
	const struct file *file;
	struct inode *inode;

	rcu_read_lock();
	do {
		file = rcu_dereference(mm->exe_file);
		inode = file ? READ_ONCE(file->f_inode) : NULL;
		if (inode)
			executable->inode = unraced_number_inode(inode, &executable->device);
		smp_rmb();
	} while (file != rcu_access_pointer(mm->exe_file));
	rcu_read_unlock();
	return inode != NULL;
}

/*
 * A task that exits may have given its memory back; nobody knows its executable any more, so it passes. Another task
 * than the current one has submitted a request whose submission was not seen; it passes, too, while somebody holds its
 * lock (R1.10).
 */
static bool executes_listed(const struct unraced_filters *filters, struct task_struct *task)
{
	struct unraced_executable executable = {};
	bool found;

	/* Only the task itself replaces its memory, under its lock; nobody waits for a lock here. */
	if (task != current && !spin_trylock(&task->alloc_lock))
		return true;
	if (task->mm && tell_executable(task->mm, &executable))
		found = bsearch(&executable, filters->executables, filters->lists.executable_count, sizeof(executable),
				order_executable) != NULL;
	else
		found = (task->flags & PF_EXITING) != 0;
	if (task != current)
		spin_unlock(&task->alloc_lock);
	return found;
}

static u32 user_of(struct task_struct *task, const struct cred *cred)
{
	if (cred)
		return from_kuid(&init_user_ns, cred->uid);
	return from_kuid(&init_user_ns, task == current ? current_uid() : task_uid(task));
}

enum unraced_verdict unraced_filter_by_lists(const struct unraced_filters *filters, struct task_struct *task,
					     const struct cred *cred)
{
	const struct unraced_lists *lists = &filters->lists;
	u32 tgid = task->tgid;

	if ((filters->word & UNRACED_FILTER_TGIDS) &&
	    !bsearch(&tgid, filters->tgids, lists->tgid_count, sizeof(u32), order_u32))
		return UNRACED_OTHER_TGID;
	if (filters->word & UNRACED_FILTER_UIDS) {
		u32 uid = user_of(task, cred);

		if (!bsearch(&uid, filters->uids, lists->uid_count, sizeof(u32), order_u32))
			return UNRACED_OTHER_UID;
	}
	if ((filters->word & UNRACED_FILTER_CGROUPS) && !is_in_cgroups(filters, task))
		return UNRACED_OTHER_CGROUP;
	if ((filters->word & UNRACED_FILTER_MOUNT_NS) && !is_in_mount_namespaces(filters, task))
		return UNRACED_OTHER_MOUNT_NS;
	if ((filters->word & UNRACED_FILTER_EXECUTABLES) && !executes_listed(filters, task))
		return UNRACED_OTHER_EXECUTABLE;
	return UNRACED_PASS;
}

/* Judges as unraced_filter_task() does, by these credentials. */
static enum unraced_verdict filter_with(const struct unraced_capture *capture, const struct unraced_filters *filters,
					struct task_struct *task, const struct cred *cred)
{
	if ((filters->word & UNRACED_FILTER_SELF) && task->tgid == capture->self_tgid)
		return UNRACED_SELF;
	return unraced_filter_by_lists(filters, task, cred);
}

enum unraced_verdict unraced_filter_unseen(const struct unraced_capture *capture, struct task_struct *task,
					   const struct cred *cred)
{
	const struct unraced_filters *filters = unraced_filters_now(capture);
	enum unraced_verdict verdict = filter_with(capture, filters, task, cred);

	while (verdict == UNRACED_PASS && task->start_boottime <= READ_ONCE(filters->since_ns)) {
		filters = rcu_dereference_sched(filters->before);
		if (!filters)
			break;
		verdict = filter_with(capture, filters, task, cred);
	}
	return verdict;
}

bool unraced_path_passes(const struct unraced_filters *filters, const struct unraced_call *call)
{
	if (!unraced_path_is_filtered(filters->word, call->record.syscall, call->record.provenance))
		return true;
	return unraced_prefixes_accept(filters->paths, filters->lists.path_count, call->tail,
				       call->record.open.path.length);
}

enum unraced_verdict unraced_filter_return(const struct unraced_capture *capture, const struct unraced_call *call)
{
	const struct unraced_record *record = &call->record;

	if (call->filters & UNRACED_FILTER_PATHS) {
		const struct unraced_filters *filters = unraced_filters_of_word(capture, call->filters);

		/* The path passes where the filters are forgotten (R12.8). */
		if (filters && !unraced_path_passes(filters, call))
			return UNRACED_OTHER_PATH;
	}
	return unraced_result_is_filtered(call->filters, record->syscall, record->flags, record->result) ?
		       UNRACED_OTHER_RESULT :
		       UNRACED_PASS;
}
