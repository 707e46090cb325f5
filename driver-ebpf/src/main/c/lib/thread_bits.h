/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Maps with one bit for each thread id that the kernel can give out (PID_MAX_LIMIT of include/linux/threads.h). Only
 * the thread itself sets and clears its bit, so no other thread can evict what it says.
 */
#ifndef UNRACED_LIB_THREAD_BITS_H
#define UNRACED_LIB_THREAD_BITS_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>

#define THREAD_WORDS (4 * 1024 * 1024 / 64)

#define THREAD_BITS(name)                           \
	struct {                                    \
		__uint(type, BPF_MAP_TYPE_ARRAY);   \
		__uint(max_entries, THREAD_WORDS);  \
		__type(key, __u32);                 \
		__type(value, __u64);               \
	} name SEC(".maps");

static __always_inline __u64 *word_of_thread(void *map, __u32 tid)
{
	__u32 at = tid / 64 & (THREAD_WORDS - 1);

	return bpf_map_lookup_elem(map, &at);
}

static __always_inline bool has_bit(const __u64 *word, __u32 tid)
{
	return word && (*(const volatile __u64 *)word >> (tid & 63) & 1);
}

/* Sets the thread's bit, and returns whether it was set before. */
static __always_inline bool set_bit(void *map, __u32 tid)
{
	__u64 *word = word_of_thread(map, tid);

	if (has_bit(word, tid))
		return 1;
	if (word)
		__sync_fetch_and_or(word, 1ull << (tid & 63));
	return 0;
}

/* Clears the thread's bit, and returns whether it was set. */
static __always_inline bool clear_bit(void *map, __u32 tid)
{
	__u64 *word = word_of_thread(map, tid);

	if (!has_bit(word, tid))
		return 0;
	if (word)
		__sync_fetch_and_and(word, ~(1ull << (tid & 63)));
	return 1;
}

#endif
