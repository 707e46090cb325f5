// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * This test asks for what the drivers conclude from numbers alone: calls, requests, results and
 * filters.
 */
#include "expect.h"
#include "unraced/calls.h"
#include "unraced/filter.h"
#include "unraced/request.h"
#include "unraced/result.h"

static void calls(void)
{
	EXPECT(unraced_ia32_call(5) == UNRACED_OPEN);
	EXPECT(unraced_ia32_call(102) == UNRACED_CONNECT);
	EXPECT(unraced_ia32_call(437) == UNRACED_OPENAT2);
	EXPECT(!unraced_ia32_call(257));
	EXPECT(unraced_x86_64_call(257) == UNRACED_OPENAT);
	EXPECT(unraced_x86_64_call(UNRACED_X32_BIT | 42) == UNRACED_CONNECT);
	EXPECT(!unraced_x86_64_call(-1));
	EXPECT(unraced_requested_call(18) == UNRACED_OPENAT);
	EXPECT(unraced_requested_call(28) == UNRACED_OPENAT2);
	EXPECT(unraced_requested_call(16) == UNRACED_CONNECT);
	EXPECT(!unraced_requested_call(0));
	EXPECT(unraced_entry_arguments(UNRACED_CONNECT, 3, 1, 16, 5, 6).addrlen == 16);
	EXPECT(unraced_entry_arguments(UNRACED_OPENAT2, 3, 1, 2, 24, 6).how_size == 24);
	EXPECT(unraced_entry_arguments(UNRACED_OPENAT, 3, 1, 2, 0644, 6).mode == 0644);
}

static void results(void)
{
	EXPECT(unraced_has_peer(0) && unraced_has_peer(-EINPROGRESS) &&
	       unraced_has_peer(-EALREADY));
	EXPECT(unraced_has_peer(-EISCONN) && !unraced_has_peer(-ECONNREFUSED) &&
	       !unraced_has_peer(1));
	EXPECT(unraced_chose_peer(0) && unraced_chose_peer(-EINPROGRESS) &&
	       !unraced_chose_peer(-EISCONN) && !unraced_chose_peer(-EALREADY));
	EXPECT(unraced_has_failed(UNRACED_OPENAT, 0, -ENOENT) &&
	       !unraced_has_failed(UNRACED_OPENAT, 0, 3));
	EXPECT(!unraced_has_failed(UNRACED_CONNECT, 0, -EINPROGRESS));
	EXPECT(unraced_has_failed(UNRACED_OPENAT, 0, -EINPROGRESS));
	/* A tracer chose the result of a call that did not run. */
	EXPECT(unraced_has_failed(UNRACED_OPENAT, UNRACED_NOT_EXECUTED, 3));
}

static void filters(void)
{
	struct unraced_filtered filtered = {};
	enum unraced_verdict verdict;

	EXPECT(unraced_result_is_filtered(UNRACED_FILTER_FAILED, UNRACED_OPENAT, 0, 3));
	EXPECT(!unraced_result_is_filtered(UNRACED_FILTER_FAILED, UNRACED_OPENAT, 0, -ENOENT));
	EXPECT(unraced_result_is_filtered(UNRACED_FILTER_SUCCEEDED, UNRACED_OPENAT, 0, -ENOENT));
	EXPECT(!unraced_result_is_filtered(0, UNRACED_OPENAT, 0, -ENOENT));
	EXPECT(unraced_is_among(1 << UNRACED_CONNECT, UNRACED_CONNECT) &&
	       !unraced_is_among(1, UNRACED_CONNECT));
	EXPECT(unraced_path_is_filtered(UNRACED_FILTER_PATHS, UNRACED_OPENAT,
					UNRACED_PROVENANCE_ENTER));
	EXPECT(!unraced_path_is_filtered(UNRACED_FILTER_PATHS, UNRACED_OPENAT,
					 UNRACED_PROVENANCE_NONE));
	EXPECT(!unraced_path_is_filtered(UNRACED_FILTER_PATHS, UNRACED_CONNECT,
					 UNRACED_PROVENANCE_ENTER));
	for (verdict = UNRACED_PASS; verdict <= UNRACED_OTHER_RESULT; verdict++)
		unraced_count_filtered(&filtered, verdict);
	/* The counts lie in the order of the verdicts, without the first. */
	for (verdict = UNRACED_SELF; verdict <= UNRACED_OTHER_RESULT; verdict++)
		EXPECT(((const __u64 *)&filtered)[verdict - 1] == 1);
}

int main(void)
{
	calls();
	results();
	filters();
	printf("outcomes wrong %u\n", wrong);
	return wrong != 0;
}
