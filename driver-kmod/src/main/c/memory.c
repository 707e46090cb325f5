// SPDX-License-Identifier: GPL-2.0-only
/* The memory that a capture shares with its reader. */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "capture.h"

static unsigned long ring_pages(const struct unraced_capture *capture)
{
	return capture->config.ring_bytes >> PAGE_SHIFT;
}

static unsigned long counter_pages(void)
{
	return DIV_ROUND_UP(nr_cpu_ids * sizeof(struct unraced_counters), PAGE_SIZE);
}

/* In the order in which they are mapped: reader, producer, records, records again, counters. */
static unsigned long first_counter_page(const struct unraced_capture *capture)
{
	return 2 + 2 * ring_pages(capture);
}

static struct page *new_page(void)
{
	return alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN | __GFP_RETRY_MAYFAIL);
}

static int fill(struct unraced_capture *capture)
{
	unsigned long i, ring = ring_pages(capture);

	for (i = 0; i < capture->page_count; i++) {
		if (i >= 2 + ring && i < first_counter_page(capture)) {
			capture->pages[i] = capture->pages[i - ring];
			continue;
		}
		capture->pages[i] = new_page();
		if (!capture->pages[i])
			return -ENOMEM;
	}
	return 0;
}

static void *map(struct unraced_capture *capture, unsigned long first, unsigned long count)
{
	return vmap(capture->pages + first, count, VM_MAP, PAGE_KERNEL);
}

int unraced_memory_map_ring(struct unraced_capture *capture)
{
	unsigned long counters = counter_pages();
	struct unraced_reader *reader;
	int error;

	capture->page_count = first_counter_page(capture) + counters;
	capture->pages = kvcalloc(capture->page_count, sizeof(*capture->pages), GFP_KERNEL_ACCOUNT);
	if (!capture->pages)
		return -ENOMEM;
	error = fill(capture);
	if (error)
		return error;
	reader = page_address(capture->pages[0]);
	capture->data = map(capture, 2, 2 * ring_pages(capture));
	capture->counters = map(capture, first_counter_page(capture), counters);
	if (!capture->data || !capture->counters)
		return -ENOMEM;
	unraced_ring_init(&capture->ring, (u64 *)&reader->position, page_address(capture->pages[1]),
			  capture->data, capture->config.ring_bytes);
	capture->config.counters_offset = (u64)first_counter_page(capture) << PAGE_SHIFT;
	capture->config.counter_rows = nr_cpu_ids;
	/* Paired with poll(). */
	smp_store_release(&capture->reader, reader);
	return 0;
}

void unraced_memory_unmap_ring(struct unraced_capture *capture)
{
	unsigned long i, ring;

	if (!capture->pages)
		return;
	ring = ring_pages(capture);
	vunmap(capture->counters);
	vunmap(capture->data);
	for (i = 0; i < capture->page_count; i++)
		if (capture->pages[i] && (i < 2 + ring || i >= first_counter_page(capture)))
			__free_page(capture->pages[i]);
	kvfree(capture->pages);
}
