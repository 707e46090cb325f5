/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This is the kernel-copy tier. It is a separate object, since not every kernel lets programs into its functions. Its
 * programs read the arguments after the kernel has copied them, and the object that the call acts on, and complete the
 * call's stash entry. Data that does not fit into the entry goes to the maps of kernelcopy/maps.h. On kernels with
 * kprobes alone, kernelcopy/kernel-copy-kprobe.bpf.c does the same.
 *
 * Unlike tracepoints, these functions can be preempted, but the kernel never runs a program twice at once on one CPU.
 * Each program therefore has its own scratch area.
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
#include "object/resolved.h"
#include "syscall/arguments.h"

char LICENSE[] SEC("license") = "GPL";

static __always_inline int file_opened(enum user user, struct filename *name, struct file *file)
{
	struct copy_context in;
	__u64 passed;

	/* Since 7.0 the kernel calls this function even when it could not copy the path. */
	if (is_err_or_null(name))
		return 0;
	passed = bpf_core_field_exists(name->uptr) ? (__u64)name->uptr : 0;
	if (begin_context(&in, user) && take_path(&in, passed, name->name) && needs_resolved(in.call) &&
	    !is_err_or_null(file))
		keep_file(&in, file, ANY_DESCRIPTOR);
	return 0;
}

SEC("fexit/do_filp_open")
int BPF_PROG(filp_opened, int dfd, struct filename *name, const void *op, struct file *file)
{
	return file_opened(FILE_OPENED, name, file);
}

/* This is the name of do_filp_open() since 7.0. */
SEC("fexit/do_file_open")
int BPF_PROG(file_opened_7, int dfd, struct filename *name, const void *op, struct file *file)
{
	return file_opened(FILE_OPENED, name, file);
}

SEC("fentry/do_sys_openat2")
int BPF_PROG(how_copied, int dfd, const char *name, struct unraced_how *how)
{
	struct copy_context in;

	/* Every open comes here, so this program must be quick for the others. */
	if (is_in_openat2() && begin_context(&in, HOW_COPIED))
		take_how(&in, how);
	return 0;
}

SEC("fentry/__sys_connect_file")
int BPF_PROG(address_copied, struct file *file, void *address, int addrlen)
{
	struct copy_context in;

	if (begin_context(&in, ADDRESS_COPIED))
		take_address(&in, file, 0, address, addrlen);
	return 0;
}

SEC("fexit/__sys_connect_file")
int BPF_PROG(socket_connected, struct file *file, void *address, int addrlen, int flags, int result)
{
	struct copy_context in;

	if (!unraced_has_peer(result) || !begin_context(&in, SOCKET_CONNECTED))
		return 0;
	if (!in.call && (!begin_late(&in, UNRACED_CONNECT) || !copy_of(in.call, in.tid)))
		return 0;
	if (in.call->syscall == UNRACED_CONNECT && needs_resolved(in.call))
		keep_socket(&in, file, result);
	return 0;
}
