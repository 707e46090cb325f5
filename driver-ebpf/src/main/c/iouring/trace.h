/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file keeps a trace of each watched request from its submission to its end. The map of requests may evict an
 * entry; the trace then still tells that the submission was seen, under which filters, and how it counts. So the
 * request is one event or one counted loss (R1.1), judged by the filters of its submission (R12.8).
 */
#ifndef UNRACED_IOURING_TRACE_H
#define UNRACED_IOURING_TRACE_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>

/* The low half of a trace's state are the filters of the submission. */
#define TRACE_SILENT (1ull << 32) /* the request counts as lost until its end is reported */
#define TRACE_DONE (1ull << 33)	  /* the request has its event */
#define TRACE_SKIPS (1ull << 34)  /* the request asks for no completion, so nothing may report its end */
/* The upper bits are the time of the submission, in units of some second: the oldest trace is replaced first. */
#define TRACE_TIME_SHIFT 35

struct request_trace {
	__u64 address; /* struct io_kiocb; 0: free */
	__u64 state;
};

#define TRACES 8
struct trace_bucket {
	struct request_trace traces[TRACES];
	__u64 replaced; /* requests whose trace gave way to another before their end */
};

#define TRACE_BUCKETS_SHIFT 12
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 << TRACE_BUCKETS_SHIFT);
	__type(key, __u32);
	__type(value, struct trace_bucket);
} request_traces SEC(".maps");

static __always_inline struct trace_bucket *trace_bucket_of(__u64 address)
{
	__u32 at = (address * 0x9e3779b97f4a7c15ull) >> (64 - TRACE_BUCKETS_SHIFT);

	return bpf_map_lookup_elem(&request_traces, &at);
}

static __always_inline bool becomes(__u64 *word, __u64 from, __u64 to)
{
	return __sync_val_compare_and_swap(word, from, to) == from;
}

/*
 * Leaves a trace of a request. A trace of an earlier request in the same memory, whose end nobody reported, goes. In a
 * full bucket a trace whose request has its event gives way, else the oldest. The kernel verifies this function once.
 */
__noinline int put_trace(__u64 address, __u64 flags_and_filters)
{
	struct trace_bucket *bucket = trace_bucket_of(address);
	__u64 state = flags_and_filters | bpf_ktime_get_boot_ns() >> 30 << TRACE_TIME_SHIFT;
	__u64 least = ~0ull;
	__u32 at = 0;

	if (!bucket)
		return 0;
	for (int i = 0; i < TRACES; i++) {
		const volatile struct request_trace *trace = &bucket->traces[i];
		__u64 holder = trace->address, rank = trace->state;

		/* The rank of its own trace is lowest, then that of a free one, of a finished one, and of an old one. */
		if (holder == address)
			rank = 0;
		else if (!holder)
			rank = 1;
		else if (rank & TRACE_DONE)
			rank = 2;
		if (rank < least) {
			least = rank;
			at = i;
		}
	}
	at &= TRACES - 1;
	if (least) {
		__u64 holder = bucket->traces[at].address;

		/* Where another CPU took this place at the same moment, this request has no trace. */
		if (!becomes(&bucket->traces[at].address, holder, address)) {
			__sync_fetch_and_add(&bucket->replaced, 1);
			return 0;
		}
		if (holder && !(bucket->traces[at].state & (TRACE_DONE | TRACE_SKIPS)))
			__sync_fetch_and_add(&bucket->replaced, 1);
	}
	bucket->traces[at].state = state;
	return 0;
}

/*
 * Takes the trace of a request that has an event now, and returns its state; 0 without a trace. A trace that is kept
 * says that there was an event, for as long as the same request may be reported again.
 */
__noinline __u64 take_trace(__u64 address, __u64 is_kept)
{
	struct trace_bucket *bucket = trace_bucket_of(address);

	if (!bucket)
		return 0;
	for (int i = 0; i < TRACES; i++) {
		struct request_trace *trace = &bucket->traces[i];
		__u64 state;

		if (*(volatile __u64 *)&trace->address != address)
			continue;
		state = __sync_fetch_and_or(&trace->state, TRACE_DONE);
		if (!is_kept)
			trace->address = 0;
		return state ? state : TRACE_DONE;
	}
	return 0;
}

/* Returns whether a request without a trace may be one whose trace was replaced, and counts it as ended. */
static __always_inline bool take_replaced(__u64 address)
{
	struct trace_bucket *bucket = trace_bucket_of(address);
	__u64 replaced = bucket ? *(volatile __u64 *)&bucket->replaced : 0;

	return replaced && becomes(&bucket->replaced, replaced, replaced - 1);
}

#endif
