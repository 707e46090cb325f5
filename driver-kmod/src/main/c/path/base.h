/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
#ifndef UNRACED_PATH_BASE_H
#define UNRACED_PATH_BASE_H

#include "lib/shim.h"

/* A mount and a directory in it, by their addresses; zeros when they are unknown or not needed. */
struct unraced_path_base {
	u64 mount;
	u64 dentry;
};

#endif
