// SPDX-License-Identifier: GPL-2.0-only
#include <linux/sched.h>
#include <asm/syscall.h>

#include "call/arch.h"
#include "iouring/connect.h"
#include "iouring/request.h"
#include "stash/stash.h"
#include "syscall/execution.h"

#ifdef UNRACED_READS_IO_URING

static int on_issue(struct kprobe *kprobe, struct pt_regs *regs)
{
	struct unraced_capture *capture = container_of(kprobe, struct unraced_probe, kprobe)->capture;
	u64 req = regs_get_kernel_argument(regs, 0);

	unraced_stash_put(capture->issued, current->pid, current->start_boottime, 0, &req, sizeof(req));
	return 0;
}

long unraced_request_references(const void *request)
{
	/*
	 * A registered file belongs to the ring's table. Any number of requests borrow it from
	 * there without a reference, so no count shows that this one is alone.
	 */
	return ((const struct io_kiocb *)request)->flags & REQ_F_FIXED_FILE ? 0 : 2;
}

const void *unraced_issued_request(struct unraced_capture *capture)
{
	u64 address;

	/* This thread has never used an io_uring, and is no worker of one. */
	if (!capture->issued || (!current->io_uring && !(current->flags & PF_IO_WORKER)))
		return NULL;
	if (unraced_stash_take(capture->issued, current->pid, current->start_boottime, 0, &address,
			       sizeof(address)) < 0)
		return NULL;
	/*
	 * A request that failed before it reached its address left its entry behind; this connect
	 * is the thread's own. The registers prove nothing, as they still name the last call when a
	 * request runs behind its return.
	 */
	return unraced_trace_inside(capture) == UNRACED_CONNECT ? NULL : (const void *)(unsigned long)address;
}

void unraced_request_address(struct unraced_capture *capture, const void *request, const void *copy, s32 length)
{
	struct unraced_scratch *scratch = unraced_scratch(capture);

	if (length < 0 || length > UNRACED_ADDRESS_MAX || unraced_request_take(capture, scratch, request) < 0)
		return;
	if (scratch->call.record.provenance != UNRACED_PROVENANCE_KERNEL)
		unraced_call_replace_requested(&scratch->call, copy, length);
	unraced_request_put(capture, scratch, request);
}

/* Without this probe no act belongs to a request: its event has SOCKET_SHARED, and its address stays the snapshot. */
void unraced_issue_start(struct unraced_capture *capture)
{
	unraced_probe_attach(&capture->issue_probe, capture, "io_connect", on_issue);
}

void unraced_issue_stop(struct unraced_capture *capture)
{
	unraced_probe_detach(&capture->issue_probe);
}

#else

const void *unraced_issued_request(struct unraced_capture *capture)
{
	return NULL;
}

long unraced_request_references(const void *request)
{
	return 0;
}

void unraced_request_address(struct unraced_capture *capture, const void *request, const void *copy, s32 length)
{
}

#endif
