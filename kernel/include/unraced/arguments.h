/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The arguments of a call: the registers, and the memory that they point to. */
#ifndef UNRACED_ARGUMENTS_H
#define UNRACED_ARGUMENTS_H

#include "unraced/base.h"
#include "unraced/record.h"

/* include/uapi/linux/fcntl.h */
#define UNRACED_AT_FDCWD -100
/*
 * O_CREAT | O_WRONLY | O_TRUNC of uapi/asm-generic/fcntl.h: the flags that the kernel uses for a
 * creat(2).
 */
#define UNRACED_CREAT_FLAGS (0100 | 01 | 01000)

/* uapi/linux/openat2.h, as far as a record has it */
struct unraced_how {
	__u64 flags;
	__u64 mode;
	__u64 resolve;
};

/* The arguments that lie in registers. A call has zeros for those that it does not have. */
struct unraced_registers {
	__u64 pointer;	   /* user address of the path or the socket address */
	__u64 how_pointer; /* user address of openat2's open_how */
	__u64 how_size;
	__u64 flags;
	__u64 mode;
	__s32 fd; /* the dirfd of an open, the fd of a connect */
	__s32 addrlen;
};

/* Finds the arguments among the registers of a call (R2.9, R2.10). */
UNRACED_INLINE struct unraced_registers unraced_registers_of(__u8 syscall, const __u64 *args)
{
	struct unraced_registers found = { .fd = UNRACED_AT_FDCWD };

	switch (syscall) {
	case UNRACED_OPEN:
		found.pointer = args[0];
		found.flags = (__u32)args[1];
		found.mode = (__u32)args[2];
		break;
	case UNRACED_CREAT:
		found.pointer = args[0];
		found.flags = UNRACED_CREAT_FLAGS;
		found.mode = (__u32)args[1];
		break;
	case UNRACED_OPENAT:
		found.fd = (__s32)args[0];
		found.pointer = args[1];
		found.flags = (__u32)args[2];
		found.mode = (__u32)args[3];
		break;
	case UNRACED_OPENAT2:
		found.fd = (__s32)args[0];
		found.pointer = args[1];
		found.how_pointer = args[2];
		found.how_size = args[3];
		break;
	case UNRACED_CONNECT:
		found.fd = (__s32)args[0];
		found.pointer = args[1];
		found.addrlen = (__s32)args[2];
		break;
	}
	return found;
}

/*
 * Reads openat2's argument. An argument of no bytes is readable wherever the pointer points, and
 * longer ones are cut (R2.12, R2.13).
 */
UNRACED_INLINE bool unraced_read_how(struct unraced_how *how, __u64 pointer, __u64 size)
{
	*how = (struct unraced_how){};
	if (size > sizeof(*how))
		size = sizeof(*how);
	return !size || unraced_read_user(how, size, pointer);
}

UNRACED_INLINE bool unraced_how_differs(const struct unraced_how *how, __u64 flags, __u64 mode,
					__u64 resolve)
{
	return how->flags != flags || how->mode != mode || how->resolve != resolve;
}

/* Returns whether openat2's argument is readable, and holds other values than these. */
UNRACED_INLINE bool unraced_how_changed(__u64 pointer, __u64 size, __u64 flags, __u64 mode,
					__u64 resolve)
{
	struct unraced_how how;

	return size && unraced_read_how(&how, pointer, size) &&
	       unraced_how_differs(&how, flags, mode, resolve);
}

/*
 * Returns whether a block of socketcall(2) holds other arguments than these (R2.45). A block is the
 * descriptor, the address and the length of a connect, as consecutive 32-bit numbers
 * (net/socket.c).
 */
UNRACED_INLINE bool unraced_block_differs(const __u32 *block, __s32 fd, __u64 pointer,
					  __s32 addrlen)
{
	return (__s32)block[0] != fd || block[1] != pointer || (__s32)block[2] != addrlen;
}

#endif
