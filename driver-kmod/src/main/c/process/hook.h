/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_PROCESS_HOOK_H
#define UNRACED_PROCESS_HOOK_H

#include "lib/hook.h"

/* Attaches to the scheduler's tracepoints where process events are configured (spec.md, chapter 16). */
extern const struct unraced_hook unraced_process_hook;

#endif
