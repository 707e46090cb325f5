/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* This file reads a call's arguments: first the registers, then the memory that pointers among them lead to. */
#ifndef UNRACED_SYSCALL_ARGUMENTS_H
#define UNRACED_SYSCALL_ARGUMENTS_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "unraced/arguments.h"
#include "unraced/record.h"
#include "lib/maps.h"

/*
 * Reads the path, of whatever bytes, up to 4,095 of them (R10.1, R10.2, R10.3); an empty one has length 0 (R10.4). An
 * unreadable path is no error here (R2.7, R2.8): its page may be absent, and may become readable later (R2.4).
 */
static __always_inline void read_path(struct long_call *to, __u8 provenance)
{
	struct call *call = &to->call;
	long size = bpf_probe_read_user_str(call->bytes, READ_BYTES, (void *)call->pointer);

	if (size < 0) {
		call->provenance = UNRACED_PROVENANCE_NONE;
		call->length = 0;
		return;
	}
	call->provenance = provenance;
	/* The size includes the NUL, but older kernels, 6.12 among them, return 0 for an empty string. */
	call->length = size > 0 ? size - 1 : 0;
	if (size == READ_BYTES) {
		/* The helper puts a NUL last, so only the caller's memory shows whether the path ended there. */
		char last = 0;

		if (bpf_probe_read_user(&last, 1, (void *)(call->pointer + UNRACED_PATH_MAX)) || last)
			call->record_flags |= UNRACED_TRUNCATED;
	}
}

/* Shows the verifier that the size is less than SHORT_BYTES. */
static __always_inline __u32 in_short(__u32 size)
{
	asm volatile("%0 &= %1" : "+r"(size) : "i"(SHORT_BYTES - 1));
	return size;
}

/* Returns the position of the first NUL, or SHORT_BYTES. */
static __always_inline __u32 short_length(const __u8 *bytes)
{
	const __u64 *words = (const void *)bytes;

	#pragma unroll
	for (int word = 0; word < SHORT_BYTES / 8; word++) {
		__u64 ones = 0x0101010101010101ull;
		/* The lowest set bit is the highest bit of the first zero byte. */
		__u64 zeros = (words[word] - ones) & ~words[word] & (ones << 7);

		if (zeros)
			return 8 * word + ((((((zeros & -zeros) - 1) & ones) * ones) >> 56) - 1);
	}
	return SHORT_BYTES;
}

/*
 * Reads a path of a few bytes in one plain copy: the helper for strings takes twice as long. Returns false when the
 * path is longer, or when SHORT_BYTES bytes cannot be read.
 */
static __always_inline bool read_few_bytes(struct call *call, __u8 provenance)
{
	__u32 length;

	/* The copy must not leave the page, which may be the last one mapped. */
	if ((call->pointer & 0xfff) > 0x1000 - SHORT_BYTES ||
	    bpf_probe_read_user(call->bytes, SHORT_BYTES, (void *)call->pointer))
		return 0;
	length = short_length(call->bytes);
	if (length == SHORT_BYTES)
		return 0;
	call->provenance = provenance;
	call->length = length;
	return 1;
}

/* Reads the path into the call's stash slot. Returns false when the path is too long for it. */
static __always_inline bool read_short_path(struct slot *to, __u8 provenance)
{
	struct call *call = &to->call;
	long size;

	if (read_few_bytes(call, provenance))
		return 1;
	size = bpf_probe_read_user_str(call->bytes, INLINE_BYTES + 1, (void *)call->pointer);
	if (size > INLINE_BYTES)
		return 0;
	call->provenance = size < 0 ? UNRACED_PROVENANCE_NONE : provenance;
	/* The size is as in read_path(). */
	call->length = size > 0 ? size - 1 : 0;
	return 1;
}

/* Reads the argument of openat2(2) (R2.11). One that cannot be read is zeros (R2.14). */
static __always_inline void read_how(struct call *call, __u8 provenance)
{
	struct unraced_how how;

	if (!unraced_read_how(&how, call->how_pointer, call->how_size))
		provenance = UNRACED_PROVENANCE_NONE;
	call->how_provenance = provenance;
	call->flags = how.flags;
	call->mode = how.mode;
	call->resolve = how.resolve;
}

/* Masks the size for the verifier. The compiler knows the range and would drop a plain mask, so it is assembly. */
static __always_inline __u64 in_a_byte(__u64 size)
{
	asm volatile("%0 &= 0xff" : "+r"(size));
	return size;
}

/*
 * Reads the arguments of SYS_CONNECT of socketcall(2) (net/socket.c; R2.45): fd, address and length as consecutive
 * 32-bit numbers. Until this succeeds, call->pointer is their address.
 */
static __always_inline bool read_block(struct call *call, __u8 provenance)
{
	__u32 block[3];

	call->how_provenance = UNRACED_PROVENANCE_NONE;
	if (bpf_probe_read_user(block, sizeof(block), (void *)call->pointer))
		return 0;
	call->how_provenance = provenance;
	call->connecting.block = call->pointer;
	call->fd = (__s32)block[0];
	call->pointer = block[1];
	call->addrlen = (__s32)block[2];
	call->indirect = BLOCK_READ;
	return 1;
}

/*
 * Reads the first 128 bytes of the address, whatever family they name (R2.25, R2.26, R2.27). With a negative length
 * nothing is read, and one of 0 is empty, wherever the pointer points (R2.28).
 */
static __always_inline void read_address(struct call *call, __u8 provenance)
{
	__s32 size;

	call->length = 0;
	if (call->indirect == BLOCK_UNREAD && !read_block(call, provenance)) {
		call->fd = -1;
		call->addrlen = 0;
		call->provenance = UNRACED_PROVENANCE_NONE;
		return;
	}
	size = call->addrlen;
	if (size > UNRACED_ADDRESS_MAX) {
		call->record_flags |= UNRACED_TRUNCATED;
		size = UNRACED_ADDRESS_MAX;
	}
	/* An empty address is readable, wherever the pointer points. */
	if (size < 0 || (size && bpf_probe_read_user(call->bytes, in_a_byte(size), (void *)call->pointer))) {
		call->provenance = UNRACED_PROVENANCE_NONE;
		return;
	}
	call->provenance = provenance;
	call->length = size;
}

/*
 * In mode off, a stash entry only shows that the call ran. In mode kernel, the kernel's copy can be all that is wanted.
 */
static __always_inline void read_nothing(struct call *call, __u32 mode)
{
	call->unread = mode == UNRACED_MITIGATION_KERNEL;
	call->provenance = UNRACED_PROVENANCE_NONE;
	call->how_provenance = call->unread ? UNRACED_PROVENANCE_KERNEL : UNRACED_PROVENANCE_NONE;
	call->record_flags = 0;
	call->length = 0;
}

/*
 * Reads the memory that pointers lead to: at the entry (R2.1); in mode off, and where the entry was missed, at the
 * return (R2.18).
 */
static __always_inline void read_pointers(struct long_call *to, __u8 syscall, __u8 provenance)
{
	if (syscall == UNRACED_CONNECT) {
		read_address(&to->call, provenance);
		return;
	}
	read_path(to, provenance);
	if (syscall == UNRACED_OPENAT2)
		read_how(&to->call, provenance);
}

/* Registers cannot change while the call runs, so arguments in registers are the kernel's own copy. */
static __always_inline void read_registers(struct call *call, __u8 syscall, const __u64 *args)
{
	struct unraced_registers found = unraced_registers_of(syscall, args);

	call->syscall = syscall;
	call->record_flags = 0;
	call->verdict = UNRACED_INTEGRITY_UNCHECKED;
	call->how_verdict = UNRACED_INTEGRITY_UNCHECKED;
	call->elsewhere = 0;
	call->how_provenance = UNRACED_PROVENANCE_KERNEL;
	call->abi = UNRACED_ABI_NATIVE;
	call->indirect = IN_REGISTERS;
	call->direct_descriptor = 0;
	call->silent = 0;
	call->unread = 0;
	call->pointer = found.pointer;
	call->how_pointer = found.how_pointer;
	call->how_size = found.how_size;
	call->flags = found.flags;
	call->mode = found.mode;
	call->resolve = 0;
	call->fd = found.fd;
	call->addrlen = found.addrlen;
}

/* The system call that enters or returns, with its registers. */
struct arguments {
	__u64 args[4];
	__u8 syscall; /* 0: the call is not watched */
	__u8 abi;
	__u8 indirect; /* enum indirection */
	__u8 ran; /* 1: the kernel's function for the call was entered */
	__u8 reserved[4];
};

__noinline int read_arguments(struct long_call *to, struct arguments *from, __u32 provenance)
{
	if (!to || !from)
		return 0;
	read_registers(&to->call, from->syscall, from->args);
	to->call.abi = from->abi;
	to->call.indirect = from->indirect;
	/*
	 * The volatile read hides the number's value: the verifier would otherwise explore each system call separately.
	 */
	read_pointers(to, *(volatile __u8 *)&from->syscall, provenance);
	return 0;
}

#endif
