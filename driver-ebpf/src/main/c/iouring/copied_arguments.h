/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file reads a request's arguments. The kernel copies them before the tracepoint of the submission
 * (io_submit_sqe() of io_uring/io_uring.c), so these are its own copies (R2.40). Connects on kernels before 6.10
 * are the exception.
 */
#ifndef UNRACED_IOURING_COPIED_ARGUMENTS_H
#define UNRACED_IOURING_COPIED_ARGUMENTS_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/arguments.h"
#include "unraced/record.h"
#include "unraced/request.h"
#include "iouring/types.h"
#include "lib/core_access.h"
#include "lib/maps.h"
#include "syscall/arguments.h"

static __always_inline void take_open(struct long_call *to, struct io_kiocb *req, __u8 syscall)
{
	struct io_open *open = command_of(req);
	struct filename *name = delays_names() ? KREAD((struct io_open___delayed *)open, filename.__incomplete_filename)
					       : KREAD(open, filename);
	struct call *call = &to->call;
	long size = bpf_probe_read_kernel_str(call->bytes, READ_BYTES, KREAD(name, name));

	call->dirfd = KREAD(open, dfd);
	call->direct_descriptor = KREAD(open, file_slot) != 0;
	call->flags = KREAD(open, how.flags);
	call->mode = KREAD(open, how.mode);
	call->resolve = KREAD(open, how.resolve);
	call->how_size = syscall == UNRACED_OPENAT2 ? sizeof(struct unraced_how) : 0;
	call->how_provenance = UNRACED_PROVENANCE_KERNEL;
	call->provenance = size < 0 ? UNRACED_PROVENANCE_NONE : UNRACED_PROVENANCE_KERNEL;
	call->length = size > 0 ? size - 1 : 0;
}

/*
 * Returns the address of the kernel's copy of the socket address, or 0. Newer kernels store the address alone, others
 * store it within a message, and no type tells which. So the size of the allocation decides. Kernels without
 * bpf_get_kmem_cache() store the message. If its bytes differ from the caller's memory, it may be another object, and
 * is not used.
 */
static __always_inline __u64 find_address(const struct call *call, __u64 data)
{
	__u32 within = bpf_core_field_offset(struct io_async_msghdr, addr);
	__u64 copied = 0, passed = 0;

	if (bpf_ksym_exists(bpf_get_kmem_cache)) {
		struct kmem_cache *cache = bpf_get_kmem_cache(data);

		if (!cache)
			return 0;
		return cache->object_size >= within + UNRACED_ADDRESS_MAX ? data + within : data;
	}
	if (call->addrlen < (__s32)sizeof(copied) ||
	    bpf_probe_read_kernel(&copied, sizeof(copied), (void *)(data + within)) ||
	    bpf_probe_read_user(&passed, sizeof(passed), (void *)call->pointer))
		return 0;
	return copied == passed ? data + within : 0;
}

/* Reads the kernel's copy of the address, and returns false when there is none. */
static __always_inline bool take_copied_address(struct call *call, struct io_kiocb *req)
{
	__s32 size = call->addrlen;
	__u64 data = 0;

	/* bpf_core_read() gives a plain number: bpf_get_kmem_cache() takes no pointer. */
	bpf_core_read(&data, sizeof(data), &req->async_data);
	if (!data || size < 0 || size > UNRACED_ADDRESS_MAX)
		return 0;
	data = copies_late() ? data + bpf_core_field_offset(struct io_async_connect, address) :
			       find_address(call, data);
	if (!data || bpf_probe_read_kernel(call->bytes, in_a_byte(size), (void *)data))
		return 0;
	call->length = size;
	call->provenance = UNRACED_PROVENANCE_KERNEL;
	return 1;
}

static __always_inline void take_connect(struct call *call, struct io_kiocb *req)
{
	struct io_connect *connect = command_of(req);

	call->fd = KREAD(req, cqe.fd);
	call->pointer = (__u64)KREAD(connect, addr);
	call->addrlen = KREAD(connect, addr_len);
	if (copies_late() || !take_copied_address(call, req))
		read_address(call, UNRACED_PROVENANCE_ENTER);
}

/* Reads the arguments of a request that the kernel refused, and of which it has no copy. */
static __always_inline void take_refused(struct long_call *to, const struct io_uring_sqe *from, __u8 syscall)
{
	struct call *call = &to->call;
	struct io_uring_sqe sqe = {};
	struct unraced_registers found;

	bpf_probe_read_kernel(&sqe, sizeof(sqe), from);
	found = unraced_entry_arguments(syscall, sqe.fd, sqe.addr, sqe.addr2, sqe.len, sqe.open_flags);
	call->fd = found.fd;
	call->pointer = found.pointer;
	call->addrlen = found.addrlen;
	call->how_pointer = found.how_pointer;
	call->how_size = found.how_size;
	call->flags = found.flags;
	call->mode = found.mode;
	/* They come from the submission queue, which the submitter can change. */
	if (syscall == UNRACED_OPENAT)
		call->how_provenance = UNRACED_PROVENANCE_ENTER;
	read_pointers(to, syscall, UNRACED_PROVENANCE_ENTER);
}

#endif
