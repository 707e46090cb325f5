/* SPDX-License-Identifier: GPL-2.0-only */
/* Completes records, and writes them. */
#ifndef UNRACED_OUT_RECORD_H
#define UNRACED_OUT_RECORD_H

#include "call/scratch.h"
#include "unraced/image.h"

/* Describes the current thread as the caller. */
void unraced_describe_caller(struct unraced_record *record);
/*
 * Describes a task, and the key of its image (R16.6), as they are now (R1.5, R1.6, R1.7, R1.8). The task must not
 * vanish meanwhile.
 */
void unraced_describe_task(struct unraced_record *record, struct task_struct *task, const struct cred *cred);
/* Returns whether a call whose result is known is to be written, and counts it as filtered or lost otherwise. */
bool unraced_admit_event(struct unraced_capture *capture, struct unraced_scratch *scratch);
/* Numbers the record of a process event, and writes it. */
void unraced_send_process(struct unraced_capture *capture, struct unraced_process_builder *builder);
/* Numbers the record (R9.2), and writes it. */
void unraced_send(struct unraced_capture *capture, struct unraced_scratch *scratch);
/* Describes what a call whose result is known acted on, and writes the record, unless it is to be left out. */
void unraced_finish(struct unraced_capture *capture, struct unraced_scratch *scratch);
/* Writes a record of the entry alone, and leaves the call as it is (R12.5). */
void unraced_emit_enter(struct unraced_capture *capture, struct unraced_scratch *scratch);

#endif
