/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_FILTER_H
#define UNRACED_FILTER_H

#include "capture.h"

/* In the order in which they are counted. */
enum unraced_verdict { UNRACED_PASS, UNRACED_SELF, UNRACED_OTHER_TGID, UNRACED_OTHER_UID, UNRACED_OTHER_CGROUP };

/* Whether the current task's calls are left out. */
enum unraced_verdict unraced_filter(const struct unraced_capture *capture);
void unraced_count_filtered(struct unraced_counters *row, enum unraced_verdict verdict);

#endif
