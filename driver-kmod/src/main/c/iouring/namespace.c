// SPDX-License-Identifier: GPL-2.0-only
#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>

#include "call/arch.h"
#include "iouring/namespace.h"
#include "iouring/types.h"
#include "unraced/address.h"
#include "unraced/evidence.h"

#ifdef UNRACED_READS_IO_URING

static atomic_t *counter_of(struct unraced_capture *capture, u64 ns)
{
	return &capture->given_up[hash_64(ns, ilog2(UNRACED_GIVEN_UP))];
}

/* Runs before the memory of the namespace can be freed. */
static int on_give_up(struct kprobe *kprobe, struct pt_regs *regs)
{
	struct unraced_capture *capture = container_of(kprobe, struct unraced_probe, kprobe)->capture;

	atomic_inc(counter_of(capture, regs_get_kernel_argument(regs, 0)));
	return 0;
}

void unraced_namespaces_start(struct unraced_capture *capture)
{
	unraced_probe_attach(&capture->give_up_probe, capture, "put_mnt_ns", on_give_up);
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
	call->given_up = atomic_read(counter_of(capture, call->ns));
	call->fs = (unsigned long)current->fs;
}

/* Returns whether the namespace of the submission may be gone, and its number that of another one. */
static bool may_be_gone(struct unraced_capture *capture, const struct unraced_call *call)
{
	if (!capture->give_up_probe.registered)
		return call->waits || call->punted;
	return atomic_read(counter_of(capture, call->ns)) != call->given_up;
}

/* Returns whether the thread that reports the end may be another than the one that ran the request. */
static bool another_may_have_run(const struct unraced_call *call)
{
	return unraced_may_have_run_elsewhere((unsigned long)current->fs == call->fs, current->flags & PF_IO_WORKER,
					      current->start_boottime > call->record.enter_ns, call->waits,
					      call->punted);
}

void unraced_compare_request(struct unraced_capture *capture, struct unraced_call *call)
{
	struct unraced_record *record = &call->record;
	bool proven = (record->flags & (UNRACED_HAS_FILE | UNRACED_DETACHED)) == UNRACED_HAS_FILE;

	if (!unraced_has_path(record->syscall, call->tail, unraced_call_requested(call)->length))
		return;
	if (may_be_gone(capture, call) ||
	    (!proven && (namespace_here() != call->ns || another_may_have_run(call))))
		record->flags |= UNRACED_FOREIGN_MOUNT_NS;
}

#endif
