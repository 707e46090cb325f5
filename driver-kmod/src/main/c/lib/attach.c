// SPDX-License-Identifier: GPL-2.0-only
#include <linux/string.h>

#include "lib/attach.h"

struct search {
	const char *name;
	struct tracepoint *found;
};

static void look_at(struct tracepoint *point, void *data)
{
	struct search *search = data;

	if (!strcmp(point->name, search->name))
		search->found = point;
}

struct tracepoint *unraced_tracepoint(const char *name)
{
	struct search search = { .name = name };

	for_each_kernel_tracepoint(look_at, &search);
	return search.found;
}

/* Registers a disarmed probe as a test. */
bool unraced_can_probe(const char *symbol, kprobe_pre_handler_t handler)
{
	struct kprobe probe = { .symbol_name = symbol, .pre_handler = handler, .flags = KPROBE_FLAG_DISABLED };

	if (register_kprobe(&probe))
		return false;
	unregister_kprobe(&probe);
	return true;
}
