/* SPDX-License-Identifier: GPL-2.0-only */
/* The start of the module's lines in the kernel's log; it must come before all other includes. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
