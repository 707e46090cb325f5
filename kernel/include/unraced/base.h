/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The C that the eBPF programs and the kernel module share compiles in three places: for BPF, in
 * the kernel, and in a process, where it is tested. This header has what differs between the three.
 */
#ifndef UNRACED_BASE_H
#define UNRACED_BASE_H

#if defined(__bpf__)

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;

/* bpf_helpers.h needs the types above. */
#include <bpf/bpf_helpers.h>

/* errno values that the programs distinguish */
enum { EBADF = 9, EEXIST = 17, EISCONN = 106, EALREADY = 114, EINPROGRESS = 115, ECANCELED = 125 };

/*
 * The verifier checks a program as a whole, and a call costs it more than the body of a short
 * function.
 */
#define UNRACED_INLINE static inline __attribute__((always_inline))

#elif defined(__KERNEL__)

#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/uaccess.h>

#define UNRACED_INLINE static inline

#else

#include <errno.h>
#include <linux/types.h>
#include <stdbool.h>
#include <string.h>

#define UNRACED_INLINE static inline

#endif

/*
 * Reads the caller's memory without faulting. Returns whether all of it could be read; a page that
 * is absent stays so. In a process, the caller is the process itself.
 */
UNRACED_INLINE bool unraced_read_user(void *to, __u32 size, __u64 from)
{
#if defined(__bpf__)
	return !bpf_probe_read_user(to, size, (const void *)from);
#elif defined(__KERNEL__)
	return !copy_from_user_nofault(to, (const void __user *)(unsigned long)from, size);
#else
	memcpy(to, (const void *)(unsigned long)from, size);
	return 1;
#endif
}

/* Reads eight bytes at an address that may have any alignment. */
UNRACED_INLINE __u64 unraced_word_at(const void *at)
{
#ifdef __bpf__
	/* The compiler would copy byte by byte. The verifier allows unaligned reads of maps. */
	return *(const __u64 *)at;
#else
	__u64 word;

	memcpy(&word, at, sizeof(word));
	return word;
#endif
}

#endif
