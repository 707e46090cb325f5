/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* This file puts a finished record into the ring, or counts its loss (R1.1), and wakes the reader. */
#ifndef UNRACED_OUT_RING_H
#define UNRACED_OUT_RING_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "unraced/record.h"
#include "lib/control.h"
#include "lib/maps.h"
#include "out/limit.h"

/*
 * Wakes the reader if it waits. This check follows the commit of the record. The reader sets reader_waiting before it
 * looks for records, so one of the two sees the other. An empty discarded record carries the wake-up.
 */
static __always_inline void wake_reader(struct unraced_counters *stats, struct unraced_control *shared)
{
	void *wakeup;

	if (!shared->reader_waiting || !__sync_lock_test_and_set(&shared->reader_waiting, 0))
		return;
	wakeup = bpf_ringbuf_reserve(&ring, 8, 0);
	if (!wakeup)
		return;
	stats->wakeups++;
	bpf_ringbuf_discard(wakeup, BPF_RB_FORCE_WAKEUP);
}

static __always_inline long output(struct unraced_control *shared, void *record, __u32 size)
{
	__u32 cpu = bpf_get_smp_processor_id();
	void *own;

	if (!shared->ring_per_cpu)
		return bpf_ringbuf_output(&ring, record, size, BPF_RB_NO_WAKEUP);
	own = bpf_map_lookup_elem(&rings, &cpu);
	return own ? bpf_ringbuf_output(own, record, size, BPF_RB_NO_WAKEUP) : -1;
}

static __always_inline void submit(struct unraced_counters *stats, struct unraced_control *shared,
				   struct unraced_record *record, __u32 size)
{
	if (output(shared, record, size)) {
		stats->ring_full++;
		count_loss(record->cgroup_id, record->uid);
		return;
	}
	stats->submitted++;
	wake_reader(stats, shared);
}

#endif
