/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_IOURING_HOOK_H
#define UNRACED_IOURING_HOOK_H

#include "lib/hook.h"

/* Attaches to the tracepoints of requests. It has no function where the kernel's requests cannot be read. */
extern const struct unraced_hook unraced_io_uring_hook;

#endif
