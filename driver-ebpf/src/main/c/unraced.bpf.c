/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Each watched call has two programs. The entry program stashes the arguments under the thread; the return program adds
 * the result and the object that the call really acted on, and writes one record. They attach to the kernel's functions
 * for the calls (syscall/function.h) or to tracepoints (syscall/native.h, syscall/compat.h); the loader chooses.
 *
 * Nothing preempts these programs (lib/attach_points.h), so no other program uses a per-CPU area at the same time.
 */
#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "iouring/complete.h"
#include "iouring/submit.h"
#include "iouring/types.h"
#include "kernelcopy/maps.h"
#include "lib/attach_points.h"
#include "lib/control.h"
#include "lib/maps.h"
#include "lib/thread_bits.h"
#include "object/tcp_attempts.h"
#include "out/tail_call.h"
#include "syscall/stash.h"
#ifdef AT_FUNCTIONS
#include "syscall/function.h"
#else
#include "syscall/compat.h"
#include "syscall/native.h"
#endif

char LICENSE[] SEC("license") = "GPL";

/* A thread that ends leaves no entry, slot, trace of a refusal or kernel copy behind (R4.2, R6.1, R6.2). */
#ifdef BY_EVENTS
TRACEPOINT("sched", "sched_process_exit")
int thread_exit(void *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
#else
SEC("tp_btf/sched_process_exit")
int BPF_PROG(thread_exit, struct task_struct *task)
{
#endif
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *stats = own_stats();
	__u32 tid = task->pid;
	struct refusal of;

	if (!stats || !shared)
		return 0;
	if (stash_remove(shared, task, 1)) {
		stats->reclaimed++;
		count_unseen_return(stats);
	}
	if (shared->task_storage && bpf_task_storage_get(&own_slots, task, 0, 0))
		__sync_fetch_and_add(&shared->owners, -1);
	if (was_refused(tid, task->start_boottime, &of))
		count_unseen_return(stats);
	clear_bit(&forgotten, tid);
	end_taking(tid);
	delete_copies(tid);
	return 0;
}

/*
 * The loader runs this program once in its own process, whose id in the initial pid namespace only the kernel knows. It
 * also tells whether this kernel's requests can be read.
 */
SEC("syscall")
int init_control(void *ctx)
{
	struct unraced_control *shared = SCRATCH(control);

	if (!shared)
		return 0;
	shared->self_tgid = bpf_get_current_pid_tgid() >> 32;
	shared->has_requests = can_read_requests();
	return 0;
}

/*
 * The loader runs this program once, when the programs at all entries are attached and on. From then on the kernel
 * skips none of them: it skips a raw tracepoint's program only while the program already runs on the same CPU.
 */
SEC("syscall")
int entries_begin(void *ctx)
{
	struct unraced_control *shared = SCRATCH(control);

	if (shared)
		shared->entries_since = bpf_ktime_get_boot_ns();
	return 0;
}

/*
 * The loader runs this program once for each key of a filter that stays while the filters change. It replaces the key's
 * value in place: by an update the kernel would replace the whole element, and use the old one again at once, though a
 * program may still be about to read it. A program of type syscall could not use the map of paths.
 */
SEC("raw_tp")
int change_filter(void *ctx)
{
	struct filter_change *change = SCRATCH(filter_change);
	__u8 *value = 0;

	if (!change)
		return 0;
	switch (change->map) {
	case OF_TGIDS:
		value = bpf_map_lookup_elem(&tgids, &change->number);
		break;
	case OF_UIDS:
		value = bpf_map_lookup_elem(&uids, &change->number);
		break;
	case OF_CGROUPS:
		value = bpf_map_lookup_elem(&cgroups, &change->cgroup);
		break;
	case OF_MOUNT_NAMESPACES:
		value = bpf_map_lookup_elem(&mount_namespaces, &change->number);
		break;
	case OF_PATHS:
		value = bpf_map_lookup_elem(&paths, &change->path);
		break;
	case OF_EXECUTABLES:
		value = bpf_map_lookup_elem(&executables, &change->executable);
		break;
	}
	if (value)
		*(volatile __u8 *)value = change->generations;
	return 0;
}

/* The loader runs this program once after each change of the filters, when they are in force. */
SEC("syscall")
int filters_changed(void *ctx)
{
	struct unraced_control *shared = SCRATCH(control);

	if (shared)
		shared->filtered_since = bpf_ktime_get_boot_ns();
	return 0;
}
