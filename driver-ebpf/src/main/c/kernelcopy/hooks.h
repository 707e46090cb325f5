/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* This file captures the kernel's copies inside a call, for both kinds of programs: fentry and fexit, or kprobes. */
#ifndef UNRACED_KERNELCOPY_HOOKS_H
#define UNRACED_KERNELCOPY_HOOKS_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "unraced/arguments.h"
#include "unraced/record.h"
#include "kernelcopy/context.h"
#include "kernelcopy/maps.h"
#include "kernelcopy/merge.h"
#include "lib/maps.h"
#include "syscall/arguments.h"

/* Captures the path that the kernel opens. Returns false when the path is not the call's own. */
static __always_inline bool take_path(struct copy_context *in, __u64 passed, const char *name)
{
	bool is_late = !in->call;

	if (is_late && !begin_late(in, 0))
		return 0;
	if (in->call->syscall == UNRACED_CONNECT || !is_path_of(in->call, passed))
		return 0;
	if (!is_late) {
		if (!put_copy(in->call, name))
			merge_copy(in, copy_path(in->scratch, name));
		return 1;
	}
	keep_late_how(in);
	return keep_late(in, copy_path(in->scratch, name));
}

/* Captures struct unraced_how. Only openat2 has it in memory; other calls have their flags in registers. */
static __always_inline void take_how(struct copy_context *in, const struct unraced_how *how)
{
	if (in->call) {
		if (in->call->syscall == UNRACED_OPENAT2)
			merge_how(in->call, how);
	} else if (begin_late(in, UNRACED_OPENAT2)) {
		in->call->how_provenance = UNRACED_PROVENANCE_NONE;
		merge_how(in->call, how);
		bpf_map_update_elem(&copies, &in->tid, in->call, BPF_ANY);
	}
}

/*
 * Captures the address: cgroup programs may rewrite it in place later. "kept" is the file for a return program that
 * does not receive it, and 0 otherwise.
 */
static __always_inline void take_address(struct copy_context *in, struct file *file, __u64 kept, const void *address,
					 int addrlen)
{
	if (in->call) {
		if (in->call->syscall != UNRACED_CONNECT)
			return;
		in->call->connect_file = kept;
		in->call->heed = heed_since_entry(in->call, file);
		/* The arguments of socketcall(2) were unreadable, so the length comes from the kernel's copy. */
		if (in->call->indirect == BLOCK_UNREAD)
			in->call->addrlen = addrlen;
		merge_copy(in, copy_address(in->scratch, address, addrlen));
	} else if (begin_late(in, UNRACED_CONNECT)) {
		in->call->connect_file = kept;
		in->call->connecting.sock = 0;
		in->call->heed = heed_since_entry(in->call, file);
		keep_late(in, copy_address(in->scratch, address, addrlen));
	}
}

#endif
