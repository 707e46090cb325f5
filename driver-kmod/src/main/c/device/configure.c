// SPDX-License-Identifier: GPL-2.0-only
#include <linux/irq_work.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "call/scratch.h"
#include "device/configure.h"
#include "device/hooks.h"
#include "device/memory.h"
#include "filter/generations.h"
#include "out/limit.h"
#include "stash/stash.h"
#include "syscall/base.h"

#define RING_MOST SZ_512M
#define STASH_MOST (1u << 20)
#define LONG_MOST (1u << 16)

static bool config_makes_sense(const struct unraced_config *config)
{
	const u32 calls = 1u << UNRACED_OPEN | 1u << UNRACED_OPENAT | 1u << UNRACED_OPENAT2 | 1u << UNRACED_CREAT |
			  1u << UNRACED_CONNECT;

	return config->mitigation <= UNRACED_MITIGATION_KERNEL && config->integrity <= 1 &&
	       config->ring_per_cpu <= 1 && config->enter_events <= 1 && config->syscalls &&
	       !(config->syscalls & ~calls) && config->process_events <= 1 &&
	       config->hooks <= UNRACED_HOOKS_TRACEPOINT &&
	       is_power_of_2(config->ring_bytes) && config->ring_bytes >= UNRACED_RING_LEAST &&
	       config->ring_bytes <= RING_MOST && config->stash_entries && config->stash_entries <= STASH_MOST &&
	       config->stash_long_entries && config->stash_long_entries <= LONG_MOST &&
	       config->user_interval <= UNRACED_BURST_NS && config->cgroup_interval <= UNRACED_BURST_NS;
}

static u64 stash_bytes(struct unraced_stash *stash)
{
	struct unraced_stats stats;

	if (!stash)
		return 0;
	unraced_stash_read(stash, &stats);
	return stats.bytes;
}

static u64 acts_bytes(const struct unraced_act_tables *tables)
{
	return stash_bytes(tables->sockets) + stash_bytes(tables->acts);
}

static int allocate_memory(struct unraced_capture *capture)
{
	int error = unraced_filters_begin(capture, &capture->config.lists);

	if (!error)
		error = unraced_memory_map(capture);
	if (error)
		return error;
	capture->limit_seed = get_random_u32();
	if (unraced_has_limits(capture)) {
		capture->limits = unraced_memory_allocate(sizeof(*capture->limits));
		if (!capture->limits)
			return -ENOMEM;
	}
	capture->stash = unraced_capture_new_stash(capture);
	if (!capture->stash || !unraced_base_init(capture))
		return -ENOMEM;
	capture->trace = unraced_memory_allocate(UNRACED_TRACE_BYTES);
	capture->scratch = unraced_memory_allocate(nr_cpu_ids * sizeof(struct unraced_scratch));
	return capture->trace && capture->scratch ? 0 : -ENOMEM;
}

static void free_stash(struct unraced_stash **stash)
{
	unraced_stash_free(*stash);
	*stash = NULL;
}

static void free_acts(struct unraced_act_tables *tables)
{
	free_stash(&tables->sockets);
	free_stash(&tables->acts);
}

/* Frees all memory that configuring took. No probe uses it any more. */
static void free_memory(struct unraced_capture *capture)
{
	irq_work_sync(&capture->wakeup);
	unraced_memory_unmap(capture);
	free_stash(&capture->stash);
	free_stash(&capture->bases);
	free_stash(&capture->requests);
	free_stash(&capture->pending);
	free_stash(&capture->issued);
	free_acts(&capture->call_acts);
	free_acts(&capture->request_acts);
	free_stash(&capture->attempts);
	free_stash(&capture->ended);
	unraced_memory_free(capture->processes);
	capture->processes = NULL;
	unraced_memory_free(capture->trace);
	capture->trace = NULL;
	unraced_memory_free(capture->given_up);
	capture->given_up = NULL;
	unraced_memory_free(capture->scratch);
	capture->scratch = NULL;
	unraced_memory_free(capture->limits);
	capture->limits = NULL;
	unraced_filters_free(capture);
}

int unraced_capture_configure(struct unraced_capture *capture, const struct unraced_config *config)
{
	int error;

	if (config->version != UNRACED_DEVICE_VERSION || config->size != sizeof(*config))
		return -EPROTO;
	if (!config_makes_sense(config))
		return -EINVAL;
	if (capture->configured)
		return -EBUSY;
	capture->configured = true;
	capture->config = *config;
	capture->self_tgid = current->tgid;
	capture->mitigation = config->mitigation;
	capture->enter_events = config->enter_events;
	error = allocate_memory(capture);
	if (!error)
		error = unraced_hooks_start(capture);
	if (error) {
		/*
		 * The memory is freed now, not when the file is closed: a process without memory may be killed before
		 * it closes.
		 */
		unraced_capture_stop(capture);
		free_memory(capture);
		return error;
	}
	capture->config.stash_bytes = UNRACED_TRACE_BYTES + stash_bytes(capture->stash) + stash_bytes(capture->bases) +
				      stash_bytes(capture->requests) + stash_bytes(capture->pending) +
				      stash_bytes(capture->issued) + acts_bytes(&capture->call_acts) +
				      acts_bytes(&capture->request_acts) + stash_bytes(capture->attempts) +
				      stash_bytes(capture->ended) +
				      (capture->given_up ? UNRACED_GIVEN_UP_BYTES : 0);
	capture->started = true;
	/* This pairs with the loads in poll() and map(). */
	smp_store_release(&capture->ready, true);
	return 0;
}

int unraced_capture_switch(struct unraced_capture *capture, u32 mitigation)
{
	int error;

	if (mitigation > UNRACED_MITIGATION_KERNEL)
		return -EINVAL;
	error = unraced_hooks_prepare(capture, mitigation);
	if (!error)
		WRITE_ONCE(capture->mitigation, mitigation);
	return error;
}

void unraced_capture_stop(struct unraced_capture *capture)
{
	unraced_hooks_stop(capture);
	capture->started = false;
	if (capture->stash)
		unraced_stash_clear(capture->stash);
}

void unraced_capture_release(struct unraced_capture *capture)
{
	unraced_capture_stop(capture);
	free_memory(capture);
	kfree(capture);
}
