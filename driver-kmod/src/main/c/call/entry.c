// SPDX-License-Identifier: GPL-2.0-only
#include <linux/cpumask.h>
#include <linux/random.h>
#include <linux/sched.h>

#include "call/entry.h"

/* Entries up to this size lie in a slot: paths of some 150 bytes fit, both the requested and the resolved one. */
#define SHORT_BYTES 640
#define REMEMBERED 1024

struct unraced_stash *unraced_capture_new_stash(const struct unraced_capture *capture)
{
	const struct unraced_config *config = &capture->config;
	struct unraced_stash_size size = {
		.entries = config->stash_entries,
		.long_entries = config->stash_long_entries,
		.short_bytes = SHORT_BYTES,
		.long_bytes = sizeof(struct unraced_call),
		.shards = unraced_stash_shards(config->stash_entries, config->stash_long_entries, num_possible_cpus()),
		.remembered = REMEMBERED,
	};

	return unraced_stash_new(&size, get_random_u64());
}

struct unraced_stash *unraced_capture_new_table(u32 entries, u32 bytes, bool pairs)
{
	struct unraced_stash_size size = unraced_stash_table_size(entries, bytes, pairs, num_possible_cpus());

	return unraced_stash_new(&size, get_random_u64());
}

void unraced_entry_begin(struct unraced_capture *capture, struct unraced_scratch *scratch,
		     const struct unraced_arguments *arguments, u32 mitigation, u32 filters)
{
	struct unraced_call *call = &scratch->call;

	unraced_call_begin(call, arguments->syscall, arguments->abi, mitigation);
	if (arguments->indirect)
		call->block_pointer = arguments->values[0];
	else
		unraced_call_registers(call, arguments->values);
	call->filters = filters;
	call->integrity = capture->config.integrity && mitigation != UNRACED_MITIGATION_OFF;
}

int unraced_entry_take(struct unraced_capture *capture, struct unraced_scratch *scratch,
		       const struct unraced_arguments *arguments)
{
	return unraced_stash_take(capture->stash, current->pid, current->start_boottime,
				  unraced_call_key(arguments), &scratch->call, sizeof(scratch->call));
}

int unraced_entry_take_held(struct unraced_capture *capture, struct unraced_scratch *scratch,
		      const struct unraced_arguments *arguments)
{
	return unraced_stash_take_held(capture->stash, current->pid, current->start_boottime,
				       unraced_call_key(arguments), &scratch->call, sizeof(scratch->call));
}

void unraced_entry_put(struct unraced_capture *capture, struct unraced_scratch *scratch)
{
	struct unraced_arguments key = { .syscall = scratch->call.record.syscall, .abi = scratch->call.record.abi };

	unraced_stash_put(capture->stash, current->pid, current->start_boottime, unraced_call_key(&key),
			  &scratch->call, unraced_call_bytes(&scratch->call));
}

bool unraced_entry_touch(struct unraced_capture *capture, const struct unraced_arguments *arguments,
			 unraced_touch *touch, const void *with)
{
	return unraced_stash_touch(capture->stash, current->pid, current->start_boottime, unraced_call_key(arguments),
				   touch, with);
}

u32 unraced_entry_missed(int taken)
{
	return UNRACED_ENTER_MISSED | (taken == UNRACED_TAKE_EVICTED ? UNRACED_EVICTED : 0);
}
