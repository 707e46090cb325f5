/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The core calls kernel functions when it is built as a module, and those of a process when it is tested.
 */
#ifndef UNRACED_LIB_SHIM_H
#define UNRACED_LIB_SHIM_H

#ifdef __KERNEL__
#include "lib/shim_kernel.h"
#else
#include "lib/shim_user.h"
#endif

#endif
