/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the places of the kernel that this module attaches functions to. */
#ifndef UNRACED_LIB_ATTACH_H
#define UNRACED_LIB_ATTACH_H

#include <linux/kprobes.h>
#include <linux/tracepoint.h>

struct unraced_capture;

struct unraced_probe {
	struct kprobe kprobe;
	struct unraced_capture *capture;
	bool registered;
};

struct unraced_return_probe {
	struct kretprobe kretprobe;
	struct unraced_capture *capture;
	bool registered;
};

/* Finds the kernel's tracepoint of this name, or null. Most tracepoints are not exported. */
struct tracepoint *unraced_tracepoint(const char *name);
/* Returns whether a kprobe on this function is possible now. */
bool unraced_can_probe(const char *symbol, kprobe_pre_handler_t handler);

#endif
