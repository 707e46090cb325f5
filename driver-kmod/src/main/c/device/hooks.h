/* SPDX-License-Identifier: GPL-2.0-only */
/* All hooks of the module together; see lib/hook.h. */
#ifndef UNRACED_DEVICE_HOOKS_H
#define UNRACED_DEVICE_HOOKS_H

#include <linux/types.h>

struct unraced_capture;

int unraced_hooks_find(void);
/* Returns the abilities of this module on this kernel: enum unraced_feature. */
u32 unraced_hooks_features(void);
/* Starts the hooks for the capture's mode. After an error, some of them may be started. */
int unraced_hooks_start(struct unraced_capture *capture);
int unraced_hooks_prepare(struct unraced_capture *capture, u32 mitigation);
void unraced_hooks_stop(struct unraced_capture *capture);
/* Waits for what still runs of the module, without any capture. It can be unloaded then. */
void unraced_hooks_leave(void);

#endif
