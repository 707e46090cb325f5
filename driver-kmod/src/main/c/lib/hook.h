/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_LIB_HOOK_H
#define UNRACED_LIB_HOOK_H

#include <linux/types.h>

struct unraced_capture;

/*
 * A hook attaches functions of this module to places of the kernel, for each capture separately. device/hooks.c has the
 * list of all hooks. A function that a hook does not need is null.
 */
struct unraced_hook {
	/* Finds the places once, when the module is loaded. After an error the module is not loaded. */
	int (*find)(void);
	/* Returns the abilities that the hook has on this kernel: enum unraced_feature. */
	u32 (*features)(void);
	/* Attaches for a capture. After an error, the caller calls stop(). */
	int (*start)(struct unraced_capture *capture);
	/* Attaches what calls in this mode need as well. The caller switches the mode afterwards. */
	int (*prepare)(struct unraced_capture *capture, u32 mitigation);
	/*
	 * Detaches all that is attached for a capture. When it returns, no function of the hook
	 * runs for the capture.
	 */
	void (*stop)(struct unraced_capture *capture);
	/* Waits for what still runs of the hook, before the module is unloaded. */
	void (*leave)(void);
};

#endif
