/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_KERNELCOPY_OPEN_H
#define UNRACED_KERNELCOPY_OPEN_H

#include "lib/hook.h"

/*
 * Attaches to the kernel functions that copy the arguments of an open, as soon as a mode needs
 * them. Without the hook of connects this hook does not start.
 */
extern const struct unraced_hook unraced_open_hook;

#endif
