/* SPDX-License-Identifier: GPL-2.0-only */
/* The scratch memory in which a CPU builds the records of process events. Its user keeps preemption off. */
#ifndef UNRACED_PROCESS_SCRATCH_H
#define UNRACED_PROCESS_SCRATCH_H

#include <linux/stddef.h>

#include "lib/capture.h"
#include "path/walk.h"
#include "unraced/exec.h"
#include "unraced/image.h"

/* A call of execve or execveat, as it is kept from its entry to its end. Zeros follow the path up to a full word. */
struct unraced_attempt {
	struct unraced_exec exec;
	u8 path[UNRACED_PATH_ROOM];
};

struct unraced_process_scratch {
	struct unraced_attempt attempt;
	struct unraced_process_builder builder;
};

static inline struct unraced_process_scratch *unraced_process_scratch(struct unraced_capture *capture)
{
	return &capture->processes[smp_processor_id()];
}

static inline struct unraced_process_builder *unraced_process_builder(struct unraced_capture *capture)
{
	return &unraced_process_scratch(capture)->builder;
}

#endif
