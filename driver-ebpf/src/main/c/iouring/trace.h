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
#include "lib/maps.h"

/* The low half of a trace's state are the filters of the submission. */
#define TRACE_SILENT (1ull << 32) /* the request counts as lost until its end is reported */
#define TRACE_SKIPS (1ull << 33)  /* the request asks for no completion, so nothing may report its end */
/* The state of a request that has its event. */
#define TRACE_DONE (1ull << 34)
/* The upper bits are the time of the submission, in units of some second, and 1 more. */
#define TRACE_TIME_SHIFT 35

struct request_trace {
	__u64 address; /* struct io_kiocb; 0: free */
	__u64 state; /* worth_of() tells how much is lost with the trace */
};

/* The address of a trace while a CPU changes it. */
#define TRACE_OWNED 1
/* Each failed try is another CPU's success. */
#define TRACE_TRIES 4

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

/* A search for the trace of a request, and for the place that it takes if it has none. */
struct trace_search {
	struct trace_bucket *bucket;
	__u64 address;
	__u64 least;
	__u64 holder;
	__u32 at;
};

/*
 * Returns what is lost with a trace: the lower, the less. Nobody may ever tell that a request has ended which asks for
 * no completion. So such traces rank below all others, or their number would take the traces of other requests.
 */
static __always_inline __u64 worth_of(__u64 state)
{
	return (state & TRACE_SKIPS ? state >> TRACE_TIME_SHIFT : state) + 1;
}

static long look_at_trace(__u64 i, struct trace_search *search)
{
	volatile struct request_trace *trace = &search->bucket->traces[i & (TRACES - 1)];
	__u64 holder = trace->address, rank = holder == search->address ? 0 : worth_of(trace->state);

	if (holder != TRACE_OWNED && rank < search->least) {
		search->least = rank;
		search->holder = holder;
		search->at = i;
	}
	return 0;
}

/*
 * Returns the trace of a request, or a place for it: a free one, else that of a request that asks for no completion,
 * else that of a finished request, else the oldest.
 */
static __always_inline struct request_trace *find_trace(struct trace_search *search)
{
	search->least = ~0ull;
	search->at = 0;
	search->holder = 0;
	if (!search->bucket)
		return 0;
	bpf_loop(TRACES, look_at_trace, search, 0);
	return search->least == ~0ull ? 0 : &search->bucket->traces[search->at & (TRACES - 1)];
}

/*
 * The requests under way that count as lost since the map of pending ones had no room, or since they ask for no
 * completion and have no trace. Without a trace, a loss is taken back only while there is one.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} unplaced SEC(".maps");

static __always_inline void count_unplaced(void)
{
	__u64 *count = SCRATCH(unplaced);

	if (count)
		__sync_fetch_and_add(count, 1);
}

/* Counts a request whose trace has given way to another before its end, or has found no place. */
static __always_inline void count_replaced(struct trace_bucket *bucket, __u64 state)
{
	__sync_fetch_and_add(&bucket->replaced, 1);
	if (state & TRACE_SKIPS)
		count_unplaced();
}

/*
 * Leaves a trace of a request, in place of one of an earlier request in the same memory, whose end nobody reported.
 * Whoever changes a trace owns it meanwhile, so no CPU gives the state of one request to another. The kernel verifies
 * this function once for its callers.
 */
__noinline int put_trace(__u64 address, __u64 flags_and_filters)
{
	struct trace_search search = { .address = address, .bucket = trace_bucket_of(address) };

	for (int i = 0; i < TRACE_TRIES; i++) {
		struct request_trace *trace = find_trace(&search);
		__u64 earlier;

		if (!trace)
			break;
		/* A trace that may stay for good takes no place from one that goes with its request. */
		if ((flags_and_filters & TRACE_SKIPS) && search.least > TRACE_DONE + 1)
			break;
		/* Where another CPU has taken this place, there may be a further one. */
		if (!becomes(&trace->address, search.holder, TRACE_OWNED))
			continue;
		earlier = search.holder == address ? 0 : trace->state;
		trace->state = flags_and_filters | ((bpf_ktime_get_boot_ns() >> 30) + 1) << TRACE_TIME_SHIFT;
		__sync_lock_test_and_set(&trace->address, address);
		if (earlier >> TRACE_TIME_SHIFT)
			count_replaced(search.bucket, earlier);
		return 0;
	}
	if (search.bucket)
		count_replaced(search.bucket, flags_and_filters);
	return 0;
}

/*
 * Takes the trace of a request that has an event now, and returns its state; 0 without a trace. A trace that is kept
 * says that there was an event, for as long as the same request may be reported again.
 */
__noinline __u64 take_trace(__u64 address, __u64 is_kept)
{
	struct trace_search search = { .address = address, .bucket = trace_bucket_of(address) };
	struct request_trace *trace = find_trace(&search);
	__u64 state;

	if (!trace || search.holder != address || !becomes(&trace->address, address, TRACE_OWNED))
		return 0;
	state = trace->state;
	trace->state = is_kept ? TRACE_DONE : 0;
	__sync_lock_test_and_set(&trace->address, is_kept ? address : 0);
	return state;
}

/*
 * Takes one of them, and returns whether there was one. Where it is not sure that one has ended, it is taken all the
 * same, and so it is where another CPU takes one: rather one loss too many than one too few.
 */
static __always_inline bool take_unplaced(void)
{
	__u64 *count = SCRATCH(unplaced);
	__u64 left = count ? *(volatile __u64 *)count : 0;

	return left && becomes(count, left, left - 1);
}

/* Returns whether a request without a trace may be one whose trace was replaced, and counts it as ended. */
static __always_inline bool take_replaced(__u64 address)
{
	struct trace_bucket *bucket = trace_bucket_of(address);
	__u64 replaced = bucket ? *(volatile __u64 *)&bucket->replaced : 0;

	return replaced && becomes(&bucket->replaced, replaced, replaced - 1);
}

#endif
