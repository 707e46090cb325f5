/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This is the kernel-copy tier of kernels that refuse fentry and fexit but have kprobes; kernelcopy/kernel-copy.bpf.c
 * describes the tier. A kretprobe does not receive the function's arguments, and the kernel tracks few returns at once
 * and misses the rest. So these programs capture as much as possible from arguments:
 *
 * - A path or an address is captured when the function that uses the kernel's copy begins.
 * - A file is an argument of fd_install(), which follows its open. Therefore a blocking open holds no kretprobe.
 * - Only the state of a connected socket needs a return. If the kernel misses it, the event has the descriptor's
 *   socket.
 *
 * Kprobes run with preemption off. Each program still has its own scratch area, as the shared functions expect one.
 */
#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "unraced/arguments.h"
#include "unraced/result.h"
#include "kernelcopy/context.h"
#include "kernelcopy/hooks.h"
#include "kernelcopy/maps.h"
#include "kernelcopy/merge.h"
#include "lib/core_access.h"
#include "lib/maps.h"
#include "object/resolved.h"
#include "syscall/arguments.h"

char LICENSE[] SEC("license") = "GPL";

static __always_inline int path_used(struct filename *name)
{
	struct copy_context in;

	/* Since 7.0 the kernel calls this function even when it could not copy the path. */
	if (is_err_or_null(name) || !begin_context(&in, PATH_USED))
		return 0;
	/* The first open of a call counts: kernelcopy/merge.h. */
	if (bpf_core_field_exists(name->uptr) || !in.call || in.call->provenance != UNRACED_PROVENANCE_KERNEL)
		take_path(&in, bpf_core_field_exists(name->uptr) ? (__u64)KREAD(name, uptr) : 0, KREAD(name, name));
	return 0;
}

SEC("kprobe/do_filp_open")
int BPF_KPROBE(filp_opening, int dfd, struct filename *name)
{
	return path_used(name);
}

/* This is the name of do_filp_open() since 7.0. */
SEC("kprobe/do_file_open")
int BPF_KPROBE(file_opening_7, int dfd, struct filename *name)
{
	return path_used(name);
}

/*
 * Other calls install descriptors, too, and so may a driver within an open. The last one counts, if the call returns
 * it.
 */
SEC("kprobe/fd_install")
int BPF_KPROBE(file_installed, unsigned int descriptor, struct file *file)
{
	struct copy_context in;

	if (!begin_context(&in, FILE_OPENED))
		return 0;
	if (!in.call && (!begin_late(&in, 0) || !copy_of(in.call, in.tid)))
		return 0;
	if (in.call->syscall != UNRACED_CONNECT && needs_resolved(in.call))
		keep_file(&in, file, descriptor);
	return 0;
}

SEC("kprobe/do_sys_openat2")
int BPF_KPROBE(how_used, int dfd, const char *name, struct unraced_how *from)
{
	struct unraced_how how;
	struct copy_context in;

	if (is_in_openat2() && begin_context(&in, HOW_COPIED) && !bpf_probe_read_kernel(&how, sizeof(how), from))
		take_how(&in, &how);
	return 0;
}

SEC("kprobe/__sys_connect_file")
int BPF_KPROBE(address_used, struct file *file, void *address, int addrlen)
{
	struct copy_context in;

	if (begin_context(&in, ADDRESS_COPIED))
		take_address(&in, file, (__u64)file, address, addrlen);
	return 0;
}

SEC("kretprobe/__sys_connect_file")
int BPF_KRETPROBE(connect_returned, int result)
{
	struct long_call *earlier;
	struct copy_context in;
	__u64 file;

	if (!unraced_has_peer(result) || !begin_context(&in, SOCKET_CONNECTED))
		return 0;
	if (in.call) {
		file = in.call->connect_file;
	} else {
		earlier = begin_late(&in, UNRACED_CONNECT) ? copy_of(in.call, in.tid) : 0;
		file = earlier ? earlier->call.connect_file : 0;
	}
	if (file && in.call->syscall == UNRACED_CONNECT && needs_resolved(in.call))
		keep_socket(&in, (struct file *)file, result);
	return 0;
}
