/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* These macros read kernel memory where KREAD of unraced/kernel.h does not suffice. */
#ifndef UNRACED_LIB_CORE_ACCESS_H
#define UNRACED_LIB_CORE_ACCESS_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

/*
 * Eight bytes of kernel memory as a number, only where the kernel can cast. The type used starts with a 64-bit field.
 */
#define KREAD_WORD(address)                                                                                            \
	((__u64)((struct timespec64 *)bpf_rdonly_cast((void *)(address), bpf_core_type_id_kernel(struct timespec64))) \
		 ->tv_sec)
/* A pointer field as a number. */
#define KREAD_FIELD_WORD(p, field) KREAD_WORD((__u64)(p) + bpf_core_field_offset(typeof(*(p)), field))

/* KREAD_NUMBER reads a pointer field as a number on every kernel: the verifier allows no arithmetic on a pointer. */
#define KREAD_NUMBER(p, field)                                                               \
	({                                                                                \
		__u64 number_ = 0;                                                        \
		if (bpf_ksym_exists(bpf_rdonly_cast))                                     \
			number_ = KREAD_FIELD_WORD(p, field);                                      \
		else                                                                      \
			bpf_core_read(&number_, sizeof(number_), &(p)->field);            \
		number_;                                                                  \
	})

/*
 * bytes_within() masks the bytes of a word that belong to a string of up to 63 bytes. A table gives the mask, because
 * the verifier would explore each comparison separately.
 */
static const volatile __u64 bytes_left[128] = {
	[65] = 0xff,
	[66] = 0xffff,
	[67] = 0xffffff,
	[68] = 0xffffffff,
	[69] = 0xffffffffff,
	[70] = 0xffffffffffff,
	[71] = 0xffffffffffffff,
	[72 ... 127] = 0xffffffffffffffff,
};

static __always_inline __u64 bytes_within(__u32 length, __u32 word)
{
	__u32 at = length + 64 - 8 * word;

	/*
	 * The asm hides the value's range from the compiler, which would drop the mask that the verifier of 6.1 needs.
	 */
	asm volatile("" : "+r"(at));
	return bytes_left[at & 127];
}

/*
 * KREAD_TRUSTED reads a pointer of the current task. A plain load through a trusted pointer would do, but the verifier
 * then asks whether the result is trusted, too. For that it searches the names of all kernel types several times
 * (btf_nested_type_is_trusted() of kernel/bpf/btf.c, since 6.2), which took half of the load time. The verifier does
 * not ask this about a cast pointer.
 */
#define KREAD_TRUSTED(p, field) (bpf_ksym_exists(bpf_rdonly_cast) ? KCAST(p)->field : (p)->field)

#ifdef __TARGET_ARCH_x86
/* On x86 loads keep their order, so a compiler barrier suffices. */
#define load_barrier(word) asm volatile("" ::: "memory")
#else
/*
 * An atomic operation that returns a value is a full barrier; it needs a word of eight bytes, and leaves it as it is.
 */
#define load_barrier(word) (void)__sync_val_compare_and_swap(word, 0, 0)
#endif

#endif
