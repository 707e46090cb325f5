/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The kernel-copy tier, an object of its own, since not every kernel lets programs into its functions. They look at the
 * arguments where the kernel has copied them already, and at the object that the call acts on, and complete the stash
 * entry of the call; what has no room in it goes to the maps of copies.h. Where there are kprobes alone,
 * kernel-copy-kprobe.bpf.c does the same.
 *
 * Unlike tracepoints, these functions can be preempted, but the kernel runs no program on a processor on which it is
 * under way. So each has a scratch area of its own.
 */
#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "unraced/record.h"
#include "control.h"
#include "maps.h"
#include "read.h"
#include "arguments.h"
#include "filter.h"
#include "copies.h"
#include "stash.h"
#include "descriptor.h"
#include "trail.h"
#include "walk.h"
#include "truth.h"
#include "connecting.h"
#include "compare.h"
#include "adopt.h"
#include "inside.h"
#include "take.h"

char LICENSE[] SEC("license") = "GPL";

static __always_inline int file_opened(enum user user, struct filename *name, struct file *file)
{
	struct inside in;
	__u64 passed;

	/* Since 7.0 it is called even when the path could not be copied. */
	if (is_error(name))
		return 0;
	passed = bpf_core_field_exists(name->uptr) ? (__u64)name->uptr : 0;
	if (inside(&in, user) && take_path(&in, passed, name->name) && needs_truth(in.call) && !is_error(file))
		keep_file(&in, file, ANY_DESCRIPTOR);
	return 0;
}

SEC("fexit/do_filp_open")
int BPF_PROG(filp_opened, int dfd, struct filename *name, const void *op, struct file *file)
{
	return file_opened(FILE_OPENED, name, file);
}

/* As do_filp_open() is called since 7.0. */
SEC("fexit/do_file_open")
int BPF_PROG(file_opened_7, int dfd, struct filename *name, const void *op, struct file *file)
{
	return file_opened(FILE_OPENED, name, file);
}

SEC("fentry/do_sys_openat2")
int BPF_PROG(how_copied, int dfd, const char *name, struct open_how *how)
{
	struct inside in;

	if (inside(&in, HOW_COPIED))
		take_how(&in, how);
	return 0;
}

SEC("fentry/__sys_connect_file")
int BPF_PROG(address_copied, struct file *file, void *address, int addrlen)
{
	struct inside in;

	if (inside(&in, ADDRESS_COPIED))
		take_address(&in, 0, address, addrlen);
	return 0;
}

SEC("fexit/__sys_connect_file")
int BPF_PROG(socket_connected, struct file *file, void *address, int addrlen, int flags, int result)
{
	struct inside in;

	if (!has_peer(result) || !inside(&in, SOCKET_CONNECTED))
		return 0;
	if (!in.call && (!begin_late(&in, UNRACED_CONNECT) || !copy_of(in.call, in.tid)))
		return 0;
	if (in.call->syscall == UNRACED_CONNECT && needs_truth(in.call))
		keep_socket(&in, file);
	return 0;
}
