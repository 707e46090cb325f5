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

/* Most tracepoints are not exported, so the kernel's list of them is searched. */
static struct tracepoint *tracepoint_named(const char *name)
{
	struct search search = { .name = name };

	for_each_kernel_tracepoint(look_at, &search);
	return search.found;
}

const char *unraced_tracepoints_find(struct unraced_tracepoint *table, u32 count)
{
	const char *lacking = NULL;
	u32 i;

	for (i = 0; i < count; i++) {
		table[i].found = tracepoint_named(table[i].names[0]);
		if (!table[i].found && table[i].names[1])
			table[i].found = tracepoint_named(table[i].names[1]);
		if (!table[i].found)
			lacking = table[i].names[0];
	}
	return lacking;
}

int unraced_tracepoints_attach(const struct unraced_tracepoint *table, u32 count, struct unraced_capture *capture,
			       u32 *attached)
{
	u32 i;

	for (i = *attached; i < count; i++) {
		int error = tracepoint_probe_register(table[i].found, table[i].handler, capture);

		if (error)
			return error;
		*attached = i + 1;
	}
	return 0;
}

void unraced_tracepoints_detach(const struct unraced_tracepoint *table, struct unraced_capture *capture, u32 *attached)
{
	u32 i;

	for (i = *attached; i-- > 0;)
		tracepoint_probe_unregister(table[i].found, table[i].handler, capture);
	*attached = 0;
	tracepoint_synchronize_unregister();
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

/* Registers a disarmed probe, which finds it. */
unsigned long unraced_address_of(const char *symbol)
{
	struct kprobe probe = { .symbol_name = symbol, .flags = KPROBE_FLAG_DISABLED };

	if (register_kprobe(&probe))
		return 0;
	unregister_kprobe(&probe);
	return (unsigned long)probe.addr;
}

int unraced_probe_attach(struct unraced_probe *probe, struct unraced_capture *capture, const char *symbol,
			 kprobe_pre_handler_t handler)
{
	int error;

	probe->capture = capture;
	probe->kprobe = (struct kprobe){ .symbol_name = symbol, .pre_handler = handler };
	error = register_kprobe(&probe->kprobe);
	probe->registered = !error;
	return error;
}

void unraced_probe_detach(struct unraced_probe *probe)
{
	if (probe->registered)
		unregister_kprobe(&probe->kprobe);
	probe->registered = false;
}
