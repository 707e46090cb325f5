/* SPDX-License-Identifier: GPL-2.0-only */
/* Attaches functions of this module to tracepoints and kernel functions, for one capture each. */
#ifndef UNRACED_LIB_ATTACH_H
#define UNRACED_LIB_ATTACH_H

#include <linux/kprobes.h>
#include <linux/tracepoint.h>

struct unraced_capture;

struct unraced_tracepoint {
	const char *names[2]; /* the second is that of other kernels, or null */
	void *handler; /* its first argument is the capture */
	struct tracepoint *found;
};

/* Finds the tracepoints of a table. Returns the name of one that this kernel lacks, or null if it has all. */
const char *unraced_tracepoints_find(struct unraced_tracepoint *table, u32 count);
/* Attaches the handlers, as far as they are not attached, from first to last: *attached of them are, also on error. */
int unraced_tracepoints_attach(const struct unraced_tracepoint *table, u32 count, struct unraced_capture *capture,
			       u32 *attached);
/* Detaches the handlers from last to first, and waits until none of them runs. */
void unraced_tracepoints_detach(const struct unraced_tracepoint *table, struct unraced_capture *capture, u32 *attached);

/* A kprobe at the start of a kernel function. */
struct unraced_probe {
	struct kprobe kprobe;
	struct unraced_capture *capture;
	bool registered;
};

/* A kretprobe at the return of a kernel function. */
struct unraced_return_probe {
	struct kretprobe kretprobe;
	struct unraced_capture *capture;
	bool registered;
};

/* Returns whether a kprobe on this function is possible now. */
bool unraced_can_probe(const char *symbol, kprobe_pre_handler_t handler);
/* Returns the address of the first instruction of a function that can be probed; 0 if there is none. */
unsigned long unraced_address_of(const char *symbol);
int unraced_probe_attach(struct unraced_probe *probe, struct unraced_capture *capture, const char *symbol,
			 kprobe_pre_handler_t handler);
/* Detaches the probe if it is attached, and waits until its handler does not run. */
void unraced_probe_detach(struct unraced_probe *probe);

#endif
