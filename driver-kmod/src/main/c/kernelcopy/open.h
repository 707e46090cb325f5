/* SPDX-License-Identifier: GPL-2.0-only */
/* Probes on the kernel functions that copy the arguments of an open; they are registered once the mode needs them. */
#ifndef UNRACED_KERNELCOPY_OPEN_H
#define UNRACED_KERNELCOPY_OPEN_H

#include "lib/capture.h"

int unraced_copies_start(struct unraced_capture *capture);
void unraced_copies_stop(struct unraced_capture *capture);
/* Finds out, once, which of these functions this kernel has; unraced_copies_features() returns the result. */
void unraced_copies_find(void);
u32 unraced_copies_features(void);

#endif
