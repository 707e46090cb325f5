/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_SYSCALL_HOOK_H
#define UNRACED_SYSCALL_HOOK_H

#include "lib/capture.h"

int unraced_probes_find(void);
int unraced_probes_start(struct unraced_capture *capture);
void unraced_probes_stop(struct unraced_capture *capture);

#endif
