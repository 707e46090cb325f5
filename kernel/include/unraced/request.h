/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The requests of io_urings that are watched: enum io_uring_op of include/uapi/linux/io_uring.h. */
#ifndef UNRACED_REQUEST_H
#define UNRACED_REQUEST_H

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

#endif
