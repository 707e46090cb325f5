/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_KERNELCOPY_CONNECT_H
#define UNRACED_KERNELCOPY_CONNECT_H

#include "lib/hook.h"

/* Attaches to __sys_connect_file(), and to the function of sends that connect. */
extern const struct unraced_hook unraced_connect_hook;

/* Returns whether this kernel accepts a probe on __sys_connect_file(). */
bool unraced_connects_can_probe(void);

#endif
