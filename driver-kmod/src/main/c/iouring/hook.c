// SPDX-License-Identifier: GPL-2.0-only
#include "call/entry.h"
#include "iouring/batch.h"
#include "iouring/complete.h"
#include "iouring/connect.h"
#include "iouring/hook.h"
#include "iouring/pending.h"
#include "iouring/submit.h"
#include "iouring/types.h"
#include "lib/attach.h"

#ifdef UNRACED_READS_IO_URING

enum { COMPLETE, OVERFLOW, UNLINK, PUNT, REFUSE, SUBMIT, RING_POINTS };

/*
 * Completions start before submissions: a request whose submission was not seen has an end without a beginning, not the
 * reverse.
 */
static const struct {
	const char *names[2];
	void *handler;
} ring_handlers[RING_POINTS] = {
	[COMPLETE] = { { "io_uring_complete" }, unraced_on_complete },
	[OVERFLOW] = { { "io_uring_cqe_overflow" }, unraced_on_overflow },
	[UNLINK] = { { "io_uring_fail_link" }, unraced_on_unlink },
	[PUNT] = { { "io_uring_queue_async_work" }, unraced_on_punt },
	[REFUSE] = { { "io_uring_req_failed" }, unraced_on_refuse },
	/* The first name is that since 6.3, the second that of older kernels. */
	[SUBMIT] = { { "io_uring_submit_req", "io_uring_submit_sqe" }, unraced_on_submit },
};

static struct tracepoint *ring_points[RING_POINTS];
static bool points_found;

void unraced_requests_find(void)
{
	int i;

	points_found = true;
	for (i = 0; i < RING_POINTS; i++) {
		ring_points[i] = unraced_tracepoint(ring_handlers[i].names[0]);
		if (!ring_points[i] && ring_handlers[i].names[1])
			ring_points[i] = unraced_tracepoint(ring_handlers[i].names[1]);
		points_found = points_found && ring_points[i];
	}
}

u32 unraced_requests_features(void)
{
	return points_found ? UNRACED_FEATURE_IO_URING : 0;
}

int unraced_requests_start(struct unraced_capture *capture)
{
	int i;

	if (!points_found)
		return 0;
	capture->requests = unraced_capture_new_stash(capture);
	capture->posted = unraced_capture_new_table(capture->config.stash_entries, UNRACED_POSTED_BYTES, true);
	capture->issued = unraced_capture_new_table(capture->config.stash_entries, sizeof(u64), false);
	if (!capture->requests || !capture->posted || !capture->issued)
		return -ENOMEM;
	if (capture->config.syscalls & (1u << UNRACED_CONNECT))
		unraced_issue_start(capture);
	if (capture->config.syscalls & (1u << UNRACED_OPENAT | 1u << UNRACED_OPENAT2))
		unraced_batch_start(capture);
	for (i = 0; i < RING_POINTS; i++) {
		int error = tracepoint_probe_register(ring_points[i], ring_handlers[i].handler, capture);

		if (error)
			return error;
		capture->request_points = i + 1;
	}
	return 0;
}

void unraced_requests_stop(struct unraced_capture *capture)
{
	int i;

	for (i = capture->request_points; i-- > 0;)
		tracepoint_probe_unregister(ring_points[i], ring_handlers[i].handler, capture);
	capture->request_points = 0;
	unraced_issue_stop(capture);
	unraced_batch_stop(capture);
	tracepoint_synchronize_unregister();
}

#else

void unraced_requests_find(void)
{
}

u32 unraced_requests_features(void)
{
	return 0;
}

int unraced_requests_start(struct unraced_capture *capture)
{
	return 0;
}

void unraced_requests_stop(struct unraced_capture *capture)
{
}

#endif
