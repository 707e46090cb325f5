/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Programs for absent.c. Some fault a path's page in ("touch"), and others snapshot the path, as the driver's entry
 * does. They count only the calls of openat(2) that the test marks by a descriptor of its own.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#define OPENAT 257

char LICENSE[] SEC("license") = "GPL";

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct pt_regs {
	unsigned long di, si;
};
struct trace_entry {
	unsigned short type;
};
/* include/trace/events/syscalls.h */
struct trace_event_raw_sys_enter {
	struct trace_entry ent;
	long id;
	unsigned long args[6];
};
#pragma clang attribute pop

/* absent.c has the same struct. */
struct results {
	__u64 entered; /* snapshots begun */
	__u64 absent; /* snapshots whose page was absent */
	__u64 touched; /* touches that returned */
	__u64 unreadable; /* touches that could not read */
	__s64 mark; /* the descriptor of the calls to count */
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct results);
} results SEC(".maps");

static const __u32 zero;

static __always_inline int touch(int fd, unsigned long path)
{
	struct results *to = bpf_map_lookup_elem(&results, &zero);
	char byte;

	if (!to || fd != to->mark)
		return 0;
	if (bpf_copy_from_user(&byte, 1, (void *)path))
		__sync_fetch_and_add(&to->unreadable, 1);
	__sync_fetch_and_add(&to->touched, 1);
	return 0;
}

static __always_inline int snapshot(int fd, unsigned long path)
{
	struct results *to = bpf_map_lookup_elem(&results, &zero);
	char bytes[64];

	if (!to || fd != to->mark)
		return 0;
	__sync_fetch_and_add(&to->entered, 1);
	if (bpf_probe_read_user_str(bytes, sizeof(bytes), (void *)path) < 0)
		__sync_fetch_and_add(&to->absent, 1);
	return 0;
}

/* absent.c sets BPF_F_SLEEPABLE on the two that touch: libbpf 1.5 knows no section for a sleepable tracepoint. */
SEC("tp_btf/sys_enter")
int touch_tracepoint(unsigned long *ctx)
{
	struct pt_regs *regs = (void *)ctx[0];

	return ctx[1] == OPENAT ? touch(regs->di, regs->si) : 0;
}

SEC("fentry/__x64_sys_openat")
int touch_function(unsigned long *ctx)
{
	struct pt_regs *regs = (void *)ctx[0];

	return touch(regs->di, regs->si);
}

SEC("tracepoint/raw_syscalls/sys_enter")
int snapshot_all(struct trace_event_raw_sys_enter *ctx)
{
	return ctx->id == OPENAT ? snapshot(ctx->args[0], ctx->args[1]) : 0;
}

/* Other tracers attach these meanwhile. */
SEC("raw_tp/sched_switch")
int idle_raw(void *ctx)
{
	return 0;
}

SEC("fentry/__x64_sys_getcpu")
int idle_function(void *ctx)
{
	return 0;
}
