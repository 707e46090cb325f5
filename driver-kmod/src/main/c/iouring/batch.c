// SPDX-License-Identifier: GPL-2.0-only
#include "iouring/batch.h"
#include "iouring/request.h"
#include "object/descriptor.h"

#ifdef UNRACED_READS_IO_URING

/* An open under way, from its beginning to its return. */
struct opening {
	u64 req; /* struct io_kiocb */
	u64 shared; /* 1: another task shared the descriptor table when the open began */
};

/*
 * The kernel reports the completions of a batch only after all of it ran, and a later request can put another file
 * behind the descriptor. The file is therefore described when io_openat2() returns, on the same thread.
 */
static int before_open(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct opening *opening = (struct opening *)instance->data;
	u32 flags = regs_get_kernel_argument(regs, 1);

	/* Only opens that cannot block take one of the instances, so no attacker can use them up. */
	if (!(flags & IO_URING_F_NONBLOCK))
		return 1;
	opening->req = regs_get_kernel_argument(regs, 0);
	/*
	 * A request that waited for others begins long after its submission. A table that is not shared now stays so
	 * until the open returns, since its only user is here.
	 */
	opening->shared = unraced_fd_table_is_shared();
	return 0;
}

static void opened(struct unraced_capture *capture, const struct opening *opening)
{
	const struct io_kiocb *req = (const struct io_kiocb *)(unsigned long)opening->req;
	struct unraced_scratch *scratch = unraced_scratch(capture);
	s32 result = req->cqe.res;

	/* The kernel clears this flag when it has carried out the open. */
	if ((req->flags & REQ_F_NEED_CLEANUP) || result < 0 || unraced_request_take(capture, scratch, req) < 0)
		return;
	if (opening->shared)
		scratch->call.record.flags |= UNRACED_FD_TABLE_SHARED;
	if (!scratch->call.direct_descriptor && !(scratch->call.record.flags & UNRACED_HAS_FILE)) {
		scratch->call.record.result = result;
		unraced_describe_opened(scratch);
	}
	unraced_request_put(capture, scratch, req);
}

static int after_open(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct kretprobe *probe = get_kretprobe(instance);

	if (!probe)
		return 0;
	preempt_disable();
	opened(container_of(probe, struct unraced_return_probe, kretprobe)->capture,
	       (const struct opening *)instance->data);
	preempt_enable();
	return 0;
}

/* This many inline opens can be under way at once: one for each thread that is preempted inside io_openat2(). */
#define RETURNS 1024

/* io_openat() calls io_openat2(), so one probe sees both. Without it, opens of requests have OBJECT_MISSED. */
void unraced_batch_start(struct unraced_capture *capture)
{
	struct unraced_return_probe *probe = &capture->open_probe;

	probe->capture = capture;
	probe->kretprobe.kp.symbol_name = "io_openat2";
	probe->kretprobe.entry_handler = before_open;
	probe->kretprobe.handler = after_open;
	probe->kretprobe.data_size = sizeof(struct opening);
	probe->kretprobe.maxactive = RETURNS;
	probe->registered = !register_kretprobe(&probe->kretprobe);
}

void unraced_batch_stop(struct unraced_capture *capture)
{
	if (capture->open_probe.registered)
		unregister_kretprobe(&capture->open_probe.kretprobe);
	capture->open_probe.registered = false;
}

#endif
