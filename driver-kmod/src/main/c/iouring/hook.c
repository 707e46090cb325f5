// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>

#include "call/entry.h"
#include "iouring/batch.h"
#include "iouring/complete.h"
#include "iouring/connect.h"
#include "iouring/hook.h"
#include "iouring/namespace.h"
#include "iouring/pending.h"
#include "iouring/submit.h"
#include "iouring/types.h"
#include "lib/attach.h"
#include "lib/capture.h"

#ifdef UNRACED_READS_IO_URING

/*
 * Completions come before submissions: a request whose submission was not seen has an end without a beginning, not the
 * reverse.
 */
static struct unraced_tracepoint request_points[] = {
	{ { "io_uring_complete" }, unraced_on_complete },
	{ { "io_uring_cqe_overflow" }, unraced_on_overflow },
	{ { "io_uring_fail_link" }, unraced_on_unlink },
	{ { "io_uring_queue_async_work" }, unraced_on_punt },
	{ { "io_uring_req_failed" }, unraced_on_refuse },
	/* The first name is that since 6.3, the second that of older kernels. */
	{ { "io_uring_submit_req", "io_uring_submit_sqe" }, unraced_on_submit },
};

static bool has_request_points;

static int find_requests(void)
{
	has_request_points = !unraced_tracepoints_find(request_points, ARRAY_SIZE(request_points));
	return 0;
}

static u32 features_of_requests(void)
{
	return has_request_points ? UNRACED_FEATURE_IO_URING : 0;
}

static int start_requests(struct unraced_capture *capture)
{
	if (!has_request_points)
		return 0;
	capture->requests = unraced_capture_new_stash(capture);
	capture->pending = unraced_capture_new_table(capture->config.stash_entries, UNRACED_PENDING_BYTES, true);
	capture->issued = unraced_capture_new_table(capture->config.stash_entries, sizeof(u64), false);
	if (!capture->requests || !capture->pending || !capture->issued)
		return -ENOMEM;
	if (unraced_is_watched(capture, UNRACED_CONNECT))
		unraced_issue_start(capture);
	if (unraced_is_watched(capture, UNRACED_OPENAT) || unraced_is_watched(capture, UNRACED_OPENAT2))
		unraced_batch_start(capture);
	if (!unraced_namespaces_start(capture))
		return -ENOMEM;
	return unraced_tracepoints_attach(request_points, ARRAY_SIZE(request_points), capture,
					  &capture->request_points);
}

static void stop_requests(struct unraced_capture *capture)
{
	unraced_tracepoints_detach(request_points, capture, &capture->request_points);
	unraced_issue_stop(capture);
	unraced_batch_stop(capture);
	unraced_namespaces_stop(capture);
}

const struct unraced_hook unraced_io_uring_hook = {
	.find = find_requests,
	.features = features_of_requests,
	.start = start_requests,
	.stop = stop_requests,
};

#else

const struct unraced_hook unraced_io_uring_hook = {};

#endif
