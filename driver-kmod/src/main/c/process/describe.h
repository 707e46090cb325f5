/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes the records of process events. Preemption is off meanwhile. */
#ifndef UNRACED_PROCESS_DESCRIBE_H
#define UNRACED_PROCESS_DESCRIBE_H

#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/mm_types.h>
#include <linux/sched.h>

#include "lib/capture.h"
#include "unraced/exec.h"
#include "unraced/image.h"

void unraced_read_credentials(struct unraced_credentials *to, const struct cred *cred);
/* Begins the record of an event of the process that a task belongs to. */
void unraced_describe_process(struct unraced_process_builder *builder, u8 type, struct task_struct *task);
/* Appends a string of the kernel's own. */
void unraced_append_name(struct unraced_process_builder *builder, struct unraced_slice *slice, const char *name);
/* Describes the executable of a process by a file that the caller holds. */
void unraced_describe_executable(struct unraced_capture *capture, struct unraced_process_builder *builder,
				 const struct file *file);
/* Appends the path of the task's cgroup (R16.13), which names its container (R1.15). */
void unraced_describe_cgroup(struct unraced_process_builder *builder, struct task_struct *task);

#endif
