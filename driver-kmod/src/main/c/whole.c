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

#include "device/device.c"
#include "device/capture.c"
#include "device/memory.c"
#include "lib/tracepoints.c"
#include "syscall/probes.c"
#include "kernelcopy/copies.c"
#include "object/connects.c"
#include "iouring/requests.c"
#include "iouring/posted.c"
#include "filter/filter.c"
#include "call/arguments.c"
#include "out/emit.c"
#include "out/limit.c"
#include "object/truth.c"
#include "path/walk.c"
#include "path/mounts.c"
#include "object/socket.c"
#include "call/call.c"
#include "path/compare.c"
#include "filter/prefix.c"
#include "out/ring.c"
#include "stash/stash.c"
#include "stash/table.c"
#ifdef CONFIG_X86
#include "call/arch_x86.c"
#endif
