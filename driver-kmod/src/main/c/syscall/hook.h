/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_SYSCALL_HOOK_H
#define UNRACED_SYSCALL_HOOK_H

#include "lib/hook.h"

/* Attaches to the tracepoints that every system call passes. */
extern const struct unraced_hook unraced_syscall_hook;

#endif
