// SPDX-License-Identifier: GPL-2.0-only
#include <linux/atomic.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>

#include "call/arch.h"
#include "iouring/namespace.h"
#include "object/descriptor.h"
#include "unraced/evidence.h"

#ifdef UNRACED_READS_IO_URING

/* The kernel gives out the lowest number that is free, so few numbers are as far apart as the counters reach. */
static atomic64_t *counter_of(struct unraced_capture *capture, u32 number)
{
	return &capture->given_up[number % (UNRACED_GIVEN_UP_BYTES / sizeof(atomic64_t))];
}

/* Runs before the number, or the memory of the namespace that had it, can belong to another one. */
static int on_give_up(struct kprobe *kprobe, struct pt_regs *regs)
{
	struct unraced_capture *capture = container_of(kprobe, struct unraced_probe, kprobe)->capture;

	atomic64_inc(counter_of(capture, regs_get_kernel_argument(regs, 0)));
	return 0;
}

bool unraced_namespaces_start(struct unraced_capture *capture)
{
	capture->given_up = unraced_memory_allocate(UNRACED_GIVEN_UP_BYTES);
	if (!capture->given_up)
		return false;
	unraced_probe_attach(&capture->give_up_probe, capture, "proc_free_inum", on_give_up);
	return true;
}

void unraced_namespaces_stop(struct unraced_capture *capture)
{
	unraced_probe_detach(&capture->give_up_probe);
}

static u64 namespace_here(void)
{
	return current->nsproxy ? (unsigned long)current->nsproxy->mnt_ns : 0;
}

void unraced_note_namespace(struct unraced_capture *capture, struct unraced_call *call)
{
	call->ns = namespace_here();
	call->given_up = atomic64_read(counter_of(capture, call->record.mount_ns));
	call->fs = (unsigned long)current->fs;
}

/* Returns whether the namespace of the submission may be gone, and its number and memory those of another one. */
static bool may_be_gone(struct unraced_capture *capture, const struct unraced_call *call)
{
	if (!capture->give_up_probe.registered)
		return call->waits || call->punted;
	return atomic64_read(counter_of(capture, call->record.mount_ns)) != call->given_up;
}

/* Returns whether the thread that reports the end may be another than the one that ran the request. */
static bool another_may_have_run(const struct unraced_call *call)
{
	return unraced_may_have_run_elsewhere((unsigned long)current->fs == call->fs, current->flags & PF_IO_WORKER,
					      current->start_boottime > call->record.enter_ns, call->waits,
					      call->punted);
}

void unraced_compare_request(struct unraced_capture *capture, struct unraced_call *call, bool may_be_unix)
{
	struct unraced_record *record = &call->record;
	bool proven = (record->flags & (UNRACED_HAS_FILE | UNRACED_DETACHED)) == UNRACED_HAS_FILE, absolute;

	if (!unraced_may_have_path(record->syscall, record->provenance == UNRACED_PROVENANCE_KERNEL, may_be_unix,
				   call->tail, unraced_call_requested(call)->length, &absolute))
		return;
	/* Elsewhere, a link of /proc can lead back to a file of the submitter's namespace. */
	if (may_be_gone(capture, call) || namespace_here() != call->ns || (!proven && another_may_have_run(call)))
		record->flags |= UNRACED_FOREIGN_MOUNT_NS;
}

#endif
