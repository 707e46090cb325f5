/* SPDX-License-Identifier: GPL-2.0-only */
/* This file declares the parts of the kernel's requests that the module reads. */
#ifndef UNRACED_IOURING_TYPES_H
#define UNRACED_IOURING_TYPES_H

#include <linux/fs.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <linux/version.h>

#include "unraced/request.h"

/*
 * The content of a request is private to the kernel (io_uring/openclose.c), and known up to this version. A kernel that
 * checks the types of called functions would need probes with the types of each version.
 */
#if IS_ENABLED(CONFIG_IO_URING) && !IS_ENABLED(CONFIG_CFI_CLANG) && !IS_ENABLED(CONFIG_CFI) && \
	LINUX_VERSION_CODE < KERNEL_VERSION(7, 4, 0)
#define UNRACED_READS_IO_URING

#include <linux/io_uring_types.h>

/* The needed start of struct io_open and struct io_connect; both are the same since 6.0, but for the name. */
struct unraced_requested_open {
	struct file *file;
	int dfd;
	u32 file_slot;
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
	struct filename *filename;
#else
	struct delayed_filename filename;
#endif
	struct open_how how;
};

static inline const struct filename *unraced_requested_name(const struct unraced_requested_open *open)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
	return open->filename;
#else
	return open->filename.__incomplete_filename;
#endif
}

struct unraced_requested_connect {
	struct file *file;
	struct sockaddr __user *addr;
	int addr_len;
};

static_assert(sizeof(struct unraced_requested_open) <= sizeof(struct io_cmd_data));

static_assert(UNRACED_OP_CONNECT == IORING_OP_CONNECT);
static_assert(UNRACED_OP_OPENAT == IORING_OP_OPENAT);
static_assert(UNRACED_OP_OPENAT2 == IORING_OP_OPENAT2);

#endif

#endif
