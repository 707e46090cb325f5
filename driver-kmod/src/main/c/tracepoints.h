/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_TRACEPOINTS_H
#define UNRACED_TRACEPOINTS_H

#include <linux/tracepoint.h>

/* The kernel's tracepoint of this name, or null: most of them are not exported. */
struct tracepoint *unraced_tracepoint(const char *name);

#endif
