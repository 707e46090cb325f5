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
#include "device/configure.c"
#include "device/hooks.c"
#include "device/memory.c"
#include "lib/attach.c"
#include "syscall/hook.c"
#include "syscall/base.c"
#include "syscall/enter.c"
#include "syscall/exit.c"
#include "syscall/function.c"
#include "kernelcopy/open.c"
#include "kernelcopy/connect.c"
#include "kernelcopy/merge.c"
#include "object/connects.c"
#include "iouring/hook.c"
#include "iouring/submit.c"
#include "iouring/complete.c"
#include "iouring/batch.c"
#include "iouring/connect.c"
#include "iouring/namespace.c"
#include "iouring/request.c"
#include "iouring/pending.c"
#include "process/hook.c"
#include "process/events.c"
#include "process/alive.c"
#include "process/attempts.c"
#include "process/describe.c"
#include "filter/filter.c"
#include "filter/generations.c"
#include "call/arguments.c"
#include "call/entry.c"
#include "out/record.c"
#include "out/limit.c"
#include "object/resolved.c"
#include "object/integrity.c"
#include "object/descriptor.c"
#include "path/walk.c"
#include "path/mounts.c"
#include "object/socket.c"
#include "call/call.c"
#include "filter/prefix.c"
#include "out/ring.c"
#include "stash/stash.c"
#include "stash/table.c"
#ifdef CONFIG_X86
#include "lib/patch_x86.c"
#include "call/arch_x86.c"
#endif
