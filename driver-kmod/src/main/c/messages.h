/* SPDX-License-Identifier: GPL-2.0-only */
/* Before all else: what the module's lines in the kernel's log begin with. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
