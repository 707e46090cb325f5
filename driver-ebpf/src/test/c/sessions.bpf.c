/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Programs for sessions.c, which do nearly nothing at the entry and at the return of openat(2): they count how often
 * they ran, so that what a way to attach costs and misses can be seen.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define OPENAT 257

char LICENSE[] SEC("license") = "GPL";

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct pt_regs {
	unsigned long di;
};
struct trace_entry {
	unsigned short type;
};
/* include/trace/events/syscalls.h */
struct trace_event_raw_sys_enter {
	struct trace_entry ent;
	long id;
};
struct trace_event_raw_sys_exit {
	struct trace_entry ent;
	long id;
};
#pragma clang attribute pop

/* sessions.c has the same struct. */
struct runs {
	__u64 entries, returns;
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct runs);
} runs SEC(".maps");

static const __u32 zero;

static __always_inline int entered(void)
{
	struct runs *to = bpf_map_lookup_elem(&runs, &zero);

	if (to)
		__sync_fetch_and_add(&to->entries, 1);
	return 0;
}

static __always_inline int returned(void)
{
	struct runs *to = bpf_map_lookup_elem(&runs, &zero);

	if (to)
		__sync_fetch_and_add(&to->returns, 1);
	return 0;
}

SEC("tracepoint/raw_syscalls/sys_enter")
int events_enter(struct trace_event_raw_sys_enter *ctx)
{
	return ctx->id == OPENAT ? entered() : 0;
}

SEC("tracepoint/raw_syscalls/sys_exit")
int events_exit(struct trace_event_raw_sys_exit *ctx)
{
	return ctx->id == OPENAT ? returned() : 0;
}


SEC("fentry/__x64_sys_openat")
int functions_enter(void *ctx)
{
	return entered();
}

SEC("fexit/__x64_sys_openat")
int functions_exit(void *ctx)
{
	return returned();
}

/* sessions.c makes it a program of fentry and fexit at once. It counts both as entries. */
SEC("fentry/__x64_sys_openat")
int fsession_both(void *ctx)
{
	return entered();
}

SEC("kprobe.session/__x64_sys_openat")
int ksession_both(void *ctx)
{
	return entered();
}
