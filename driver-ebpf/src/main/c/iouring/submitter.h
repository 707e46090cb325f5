/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file finds the submitter of a request whose submission the programs did not see, or left out. The task that
 * reports the end of a request can be a worker, or one of the kernel's own if the submitter has died. So the request
 * itself tells who submitted it, and the filters judge that task.
 */
#ifndef UNRACED_IOURING_SUBMITTER_H
#define UNRACED_IOURING_SUBMITTER_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/filter.h"
#include "iouring/types.h"
#include "lib/control.h"
#include "lib/core_access.h"
#include "lib/maps.h"
#include "out/record.h"
#include "syscall/filter.h"
#include "syscall/former_filters.h"

/*
 * Returns the submitter's task, which lives as long as its request. Since 6.13 the request has it by its io_uring_task.
 */
static __always_inline struct task_struct *submitter_of(struct io_kiocb *req)
{
	struct io_kiocb___owned *owned = (void *)req;
	struct io_uring_task *context;

	if (bpf_core_field_exists(owned->task))
		return KREAD(owned, task);
	context = KREAD(req, tctx);
	return KREAD(context, task);
}

/*
 * Describes the submitter as it is now. A task that has exited has no namespaces any more, and they read as 0.
 */
static __always_inline void identify_submitter(struct caller *who, struct task_struct *task, struct io_kiocb *req)
{
	struct io_ring_ctx *ring = KREAD(req, ctx);
	/* A polled ring has the credentials of who made it. Its thread can serve several (IORING_SETUP_ATTACH_WQ). */
	struct cred *ring_cred = KREAD(ring, sq_creds);
	/* Meanwhile the task can act with the credentials of another: ovl_override_creds() of fs/overlayfs/util.c. */
	struct cred *cred = ring_cred ? ring_cred : KREAD(task, real_cred);
	struct css_set *sets = KREAD(task, cgroups);
	struct cgroup *cgroup = KREAD(sets, dfl_cgrp);
	struct kernfs_node *node = KREAD(cgroup, kn);
	struct task_struct *parent = KREAD(task, real_parent);
	struct task_struct *leader = KREAD(task, group_leader);
	struct nsproxy *proxy = KREAD(task, nsproxy);
	struct mnt_namespace *ns = KREAD(proxy, mnt_ns);

	who->uid = KREAD(cred, uid.val);
	who->gid = KREAD(cred, gid.val);
	who->cgroup = KREAD(node, id);
	bpf_probe_read_kernel(who->comm, sizeof(who->comm), &task->comm);
	who->tid = KREAD(task, pid);
	who->tgid = KREAD(task, tgid);
	who->thread_start = KREAD(task, start_boottime);
	who->parent_tgid = KREAD(parent, tgid);
	who->process_start = UNRACED_PROCESS_START(KREAD(leader, start_boottime));
	who->exec_id = KREAD(task, self_exec_id);
	who->mount_ns = proxy ? KREAD(ns, ns.inum) : 0;
	who->pid_ns = KREAD(task, thread_pid) ? pid_namespace(task) : 0;
	who->mount_ns_id = 0;
}

/* A walk through the submitter's cgroup and those above it. */
struct cgroup_walk {
	__u64 at; /* struct cgroup */
	__u32 generations; /* those that let one of the cgroups through */
	__u32 reserved;
};

static long look_at_cgroup(__u64 step, struct cgroup_walk *walk)
{
	struct cgroup *cgroup = (void *)walk->at;
	struct kernfs_node *node = KREAD(cgroup, kn);
	struct cgroup_subsys_state *parent = KREAD(cgroup, self.parent);
	__u64 id = KREAD(node, id);

	walk->generations |= generations_of(bpf_map_lookup_elem(&cgroups, &id));
	if (!parent)
		return 1;
	walk->at = (__u64)parent - bpf_core_field_offset(struct cgroup, self);
	return 0;
}

static __always_inline __u32 generations_of_submitter(struct task_struct *task)
{
	struct css_set *sets = KREAD(task, cgroups);
	struct cgroup_walk walk = { .at = KREAD_NUMBER(sets, dfl_cgrp) };

	if (walk.at)
		bpf_loop(CGROUP_LEVELS, look_at_cgroup, &walk, 0);
	return walk.generations;
}

/*
 * Filters as filter() of syscall/filter.h does, by the submitter. The request may have been submitted under earlier
 * filters, so these must let it through, too. A namespace that nobody knows any more passes.
 */
static __always_inline enum unraced_verdict filter_submitter(const struct unraced_control *shared, __u32 filters,
							     struct task_struct *task,
							     struct caller *who)
{
	/* Linux 6.1 takes no key from memory that is an argument of a function that it verifies once. */
	__u32 tgid = who->tgid, uid = who->uid, mount_ns = who->mount_ns;
	struct former_filters by = {};
	__u32 bit = generation_bit(filters);

	if ((filters & UNRACED_FILTER_SELF) && tgid == shared->self_tgid)
		return UNRACED_SELF;
	if (have_changed(filters) && !is_younger_than_filters(shared, who->thread_start))
		collect_former(&by, shared, filters, 0);
	by.tgids |= filters & UNRACED_FILTER_TGIDS ? bit : 0;
	by.uids |= filters & UNRACED_FILTER_UIDS ? bit : 0;
	by.cgroups |= filters & UNRACED_FILTER_CGROUPS ? bit : 0;
	by.mount_ns |= filters & UNRACED_FILTER_MOUNT_NS ? bit : 0;
	by.executables |= filters & UNRACED_FILTER_EXECUTABLES ? bit : 0;
	if (by.tgids && (by.tgids & ~generations_of(bpf_map_lookup_elem(&tgids, &tgid))))
		return UNRACED_OTHER_TGID;
	if (by.uids && (by.uids & ~generations_of(bpf_map_lookup_elem(&uids, &uid))))
		return UNRACED_OTHER_UID;
	if (by.cgroups && (by.cgroups & ~generations_of_submitter(task)))
		return UNRACED_OTHER_CGROUP;
	if (by.mount_ns && mount_ns &&
	    (by.mount_ns & ~generations_of(bpf_map_lookup_elem(&mount_namespaces, &mount_ns))))
		return UNRACED_OTHER_MOUNT_NS;
	if (by.executables && (by.executables & ~generations_of_executable(task)))
		return UNRACED_OTHER_EXECUTABLE;
	return UNRACED_PASS;
}

#endif
