// SPDX-License-Identifier: GPL-2.0-only
/*
 * The whole module as one unit, so that the compiler can inline most calls on the path of a watched call. In a kernel,
 * each of them costs some ten instructions: a tenth of all that the module spends on a call
 * (docs/decisions/0018-kmod-instructions.md).
 */
#include <linux/module.h>

/* The callers of these functions are outside this unit. */
__visible int init_module(void);
__visible void cleanup_module(void);

#include "device.c"
#include "capture.c"
#include "memory.c"
#include "tracepoints.c"
#include "probes.c"
#include "copies.c"
#include "connects.c"
#include "requests.c"
#include "posted.c"
#include "filter.c"
#include "arguments.c"
#include "emit.c"
#include "limit.c"
#include "truth.c"
#include "walk.c"
#include "mounts.c"
#include "socket.c"
#include "call.c"
#include "compare.c"
#include "prefix.c"
#include "ring.c"
#include "stash.c"
#include "table.c"
#ifdef CONFIG_X86
#include "arch_x86.c"
#endif
