// SPDX-License-Identifier: GPL-2.0-only
#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>

#include "device/memory.h"
#include "out/ring.h"
#include "unraced/callers.h"

/* A ring starts with the reader's page and the producer's page; the records follow, mapped twice. */
#define FIRST_DATA_PAGE 2

static unsigned long data_pages(const struct unraced_capture *capture)
{
	return capture->config.ring_bytes >> PAGE_SHIFT;
}

static unsigned long pages_of_ring(const struct unraced_capture *capture)
{
	return FIRST_DATA_PAGE + 2 * data_pages(capture);
}

static unsigned long counter_pages(void)
{
	return DIV_ROUND_UP(nr_cpu_ids * sizeof(struct unraced_counters), PAGE_SIZE);
}

static unsigned long ledger_pages(void)
{
	return DIV_ROUND_UP(nr_cpu_ids * sizeof(struct unraced_ledger), PAGE_SIZE);
}

static unsigned long first_counter_page(const struct unraced_capture *capture)
{
	return capture->ring_count * pages_of_ring(capture);
}

static unsigned long first_ledger_page(const struct unraced_capture *capture)
{
	return first_counter_page(capture) + counter_pages();
}

/* Gives each CPU an equal share, but never less than the smallest ring. */
static void divide(struct unraced_capture *capture)
{
	struct unraced_config *config = &capture->config;

	capture->ring_count = config->ring_per_cpu ? nr_cpu_ids : 1;
	config->ring_bytes = max_t(u64, rounddown_pow_of_two(config->ring_bytes / capture->ring_count),
				   UNRACED_RING_LEAST);
	config->ring_count = capture->ring_count;
}

static bool new_pages(struct unraced_capture *capture, unsigned long first, unsigned long count, int node)
{
	unsigned long i;

	for (i = first; i < first + count; i++) {
		capture->pages[i] =
			alloc_pages_node(node, GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN | __GFP_RETRY_MAYFAIL, 0);
		if (!capture->pages[i])
			return false;
	}
	return true;
}

static int fill_ring(struct unraced_capture *capture, u32 number)
{
	int node = capture->ring_count > 1 && cpu_possible(number) ? cpu_to_node(number) : NUMA_NO_NODE;
	unsigned long first = number * pages_of_ring(capture), data = first + FIRST_DATA_PAGE;
	unsigned long count = data_pages(capture);
	struct unraced_reader *reader;
	void *mapped;

	if (!new_pages(capture, first, FIRST_DATA_PAGE + count, node))
		return -ENOMEM;
	memcpy(capture->pages + data + count, capture->pages + data, count * sizeof(*capture->pages));
	mapped = vmap(capture->pages + data, 2 * count, VM_MAP, PAGE_KERNEL);
	if (!mapped)
		return -ENOMEM;
	reader = page_address(capture->pages[first]);
	unraced_ring_init(&capture->rings[number], (u64 *)&reader->position, page_address(capture->pages[first + 1]),
			  mapped, capture->config.ring_bytes);
	return 0;
}

static int fill(struct unraced_capture *capture)
{
	unsigned long counters = first_counter_page(capture), ledgers = first_ledger_page(capture);
	u32 i;

	for (i = 0; i < capture->ring_count; i++) {
		int error = fill_ring(capture, i);

		if (error)
			return error;
	}
	if (!new_pages(capture, counters, counter_pages() + ledger_pages(), NUMA_NO_NODE))
		return -ENOMEM;
	capture->counters = vmap(capture->pages + counters, counter_pages(), VM_MAP, PAGE_KERNEL);
	capture->ledgers = vmap(capture->pages + ledgers, ledger_pages(), VM_MAP, PAGE_KERNEL);
	return capture->counters && capture->ledgers ? 0 : -ENOMEM;
}

int unraced_memory_map(struct unraced_capture *capture)
{
	int error;

	divide(capture);
	capture->page_count = first_ledger_page(capture) + ledger_pages();
	capture->pages = kvcalloc(capture->page_count, sizeof(*capture->pages), GFP_KERNEL_ACCOUNT);
	capture->rings = kvcalloc(capture->ring_count, sizeof(*capture->rings), GFP_KERNEL_ACCOUNT);
	if (!capture->pages || !capture->rings)
		return -ENOMEM;
	error = fill(capture);
	if (error)
		return error;
	capture->config.counters_offset = (u64)first_counter_page(capture) << PAGE_SHIFT;
	capture->config.ledgers_offset = (u64)first_ledger_page(capture) << PAGE_SHIFT;
	capture->config.counter_rows = nr_cpu_ids;
	capture->reader = page_address(capture->pages[0]);
	return 0;
}

bool unraced_is_readers_page(const struct unraced_capture *capture, unsigned long page)
{
	return page < first_counter_page(capture) && page % pages_of_ring(capture) == 0;
}

/* Returns whether the page lies in the second mapping of the records, whose pages are those of the first. */
static bool is_repeated(const struct unraced_capture *capture, unsigned long page)
{
	return page < first_counter_page(capture) &&
	       page % pages_of_ring(capture) >= FIRST_DATA_PAGE + data_pages(capture);
}

void unraced_memory_unmap(struct unraced_capture *capture)
{
	unsigned long i;

	if (capture->counters)
		vunmap(capture->counters);
	if (capture->ledgers)
		vunmap(capture->ledgers);
	for (i = 0; capture->rings && i < capture->ring_count; i++)
		if (capture->rings[i].data)
			vunmap(capture->rings[i].data);
	for (i = 0; capture->pages && i < capture->page_count; i++)
		if (capture->pages[i] && !is_repeated(capture, i))
			__free_page(capture->pages[i]);
	kvfree(capture->rings);
	kvfree(capture->pages);
	capture->counters = NULL;
	capture->ledgers = NULL;
	capture->rings = NULL;
	capture->pages = NULL;
	capture->reader = NULL;
}
