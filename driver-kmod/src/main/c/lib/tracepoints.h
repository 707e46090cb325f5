/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_LIB_TRACEPOINTS_H
#define UNRACED_LIB_TRACEPOINTS_H

#include <linux/tracepoint.h>

/* Finds the kernel's tracepoint of this name, or null. Most tracepoints are not exported. */
struct tracepoint *unraced_tracepoint(const char *name);

#endif
