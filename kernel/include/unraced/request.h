/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The requests of io_urings that are watched: enum io_uring_op of include/uapi/linux/io_uring.h. */
#ifndef UNRACED_REQUEST_H
#define UNRACED_REQUEST_H

#include "unraced/arguments.h"
#include "unraced/base.h"
#include "unraced/record.h"

#define UNRACED_OP_CONNECT 16
#define UNRACED_OP_OPENAT 18
#define UNRACED_OP_OPENAT2 28

/* Returns the call that a request of this opcode stands for, or 0. */
UNRACED_INLINE __u8 unraced_requested_call(__u8 opcode)
{
	switch (opcode) {
	case UNRACED_OP_OPENAT:
		return UNRACED_OPENAT;
	case UNRACED_OP_OPENAT2:
		return UNRACED_OPENAT2;
	case UNRACED_OP_CONNECT:
		return UNRACED_CONNECT;
	}
	return 0;
}

/*
 * Finds the arguments of a call among the fields of a submission queue entry; addr2 is also the
 * entry's "off".
 */
UNRACED_INLINE struct unraced_registers unraced_entry_arguments(__u8 syscall, __s32 fd, __u64 addr,
								__u64 addr2, __u32 len,
								__u32 open_flags)
{
	struct unraced_registers found = { .fd = fd, .pointer = addr };

	if (syscall == UNRACED_CONNECT) {
		found.addrlen = (__s32)addr2;
	} else if (syscall == UNRACED_OPENAT2) {
		found.how_pointer = addr2;
		found.how_size = len;
	} else {
		found.flags = open_flags;
		found.mode = len;
	}
	return found;
}

#endif
