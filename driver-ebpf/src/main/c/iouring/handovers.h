/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file counts the hand-overs of requests to workers, by the descriptor table that the worker shares. Tables that
 * share a counter can only cause needless doubt.
 */
#ifndef UNRACED_IOURING_HANDOVERS_H
#define UNRACED_IOURING_HANDOVERS_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, __u64);
} handovers SEC(".maps");

static __always_inline __u64 *handovers_at(__u64 files)
{
	__u32 at = (files * 0x9e3779b97f4a7c15ull) >> 51;

	return bpf_map_lookup_elem(&handovers, &at);
}

static __always_inline void count_handover(__u64 files)
{
	__u64 *counter = handovers_at(files);

	if (counter)
		__sync_fetch_and_add(counter, 1);
}

static __always_inline __u64 handovers_of(__u64 files)
{
	__u64 *counter = handovers_at(files);

	return counter ? *(volatile __u64 *)counter : 0;
}

#endif
