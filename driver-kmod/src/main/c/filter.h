/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_FILTER_H
#define UNRACED_FILTER_H

#include "capture.h"

/* In the order in which they are counted. */
enum unraced_verdict {
	UNRACED_PASS,
	UNRACED_SELF,
	UNRACED_OTHER_TGID,
	UNRACED_OTHER_UID,
	UNRACED_OTHER_CGROUP,
	UNRACED_OTHER_MOUNT_NS,
	UNRACED_OTHER_PATH,
	UNRACED_OTHER_RESULT,
};

/* Whether the current task's calls are left out. */
enum unraced_verdict unraced_filter(const struct unraced_capture *capture);
/* Of a path that nobody could read, nobody can say that it is another one. */
bool unraced_path_passes(const struct unraced_capture *capture, const struct unraced_call *call);
/* What is known when the call has returned, with its result. */
enum unraced_verdict unraced_filter_return(const struct unraced_capture *capture, const struct unraced_call *call);
void unraced_count_filtered(struct unraced_counters *row, enum unraced_verdict verdict);

#endif
