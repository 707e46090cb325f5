/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Requests of io_urings. When the kernel tells of a submission (io_submit_sqe() of io_uring/io_uring.c), it has copied
 * the request's arguments, so what is taken here is its own copy; only connects of kernels before 6.10 are an
 * exception. Who carries a request out may be another thread, and so may be who tells of its end.
 */
#ifndef UNRACED_URING_H
#define UNRACED_URING_H

/* enum io_uring_op and enum io_uring_sqe_flags_bit of include/uapi/linux/io_uring.h */
enum { IORING_OP_CONNECT = 16, IORING_OP_OPENAT = 18, IORING_OP_OPENAT2 = 28 };
#define CQE_SKIP_SUCCESS (1u << 6)

struct io_uring_sqe {
	__u8 opcode;
	__u8 flags;
	__u16 ioprio;
	__s32 fd;
	__u64 addr2; /* or off */
	__u64 addr;
	__u32 len;
	__u32 open_flags;
	__u64 user_data;
	__u16 buf_index;
	__u16 personality;
	__u32 file_index;
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct io_cmd_data {
	struct file *file;
};
struct io_cqe {
	__u64 user_data;
	__s32 res;
	int fd; /* of the request, until there is a result */
};
struct io_kiocb {
	struct file *file;
	struct io_cmd_data cmd;
	__u8 opcode;
	__u32 flags;
	struct io_cqe cqe;
	void *ctx;
	void *async_data;
};
struct copied_how {
	__u64 flags;
	__u64 mode;
	__u64 resolve;
};
struct io_open {
	int dfd;
	__u32 file_slot;
	struct filename *filename;
	struct copied_how how;
};
struct io_connect {
	void *addr;
	int addr_len;
};
/* An address of a kernel that copies it when it prepares the request, and of one that does so when it has to wait. */
struct copied_address {
	__u64 any;
};
struct io_async_msghdr {
	struct copied_address addr;
};
struct io_async_connect {
	struct copied_address address;
};
struct kmem_cache {
	unsigned int object_size;
};

#pragma clang attribute pop

extern struct kmem_cache *bpf_get_kmem_cache(__u64 address) __ksym __weak;

static __always_inline bool copies_late(void)
{
	return bpf_core_type_exists(struct io_async_connect);
}

static __always_inline bool can_read_requests(void)
{
	return bpf_core_field_exists(struct io_kiocb, cmd) && bpf_core_field_exists(struct io_kiocb, cqe) &&
	       bpf_core_type_exists(struct io_open) && bpf_core_type_exists(struct io_connect);
}

static __always_inline __u8 requested_call(__u8 opcode)
{
	switch (opcode) {
	case IORING_OP_OPENAT:
		return UNRACED_OPENAT;
	case IORING_OP_OPENAT2:
		return UNRACED_OPENAT2;
	case IORING_OP_CONNECT:
		return UNRACED_CONNECT;
	}
	return 0;
}

static __always_inline void *command_of(struct io_kiocb *req)
{
	return (void *)req + bpf_core_field_offset(struct io_kiocb, cmd);
}

static __always_inline void take_open(struct long_call *to, struct io_kiocb *req, __u8 syscall)
{
	struct io_open *open = command_of(req);
	struct filename *name = GET(open, filename);
	struct call *call = &to->call;
	long size = bpf_probe_read_kernel_str(call->bytes, READ_BYTES, GET(name, name));

	call->fd = GET(open, dfd);
	call->direct = GET(open, file_slot) != 0;
	call->flags = GET(open, how.flags);
	call->mode = GET(open, how.mode);
	call->resolve = GET(open, how.resolve);
	call->how_size = syscall == UNRACED_OPENAT2 ? sizeof(struct open_how) : 0;
	call->how_provenance = UNRACED_PROVENANCE_KERNEL;
	call->provenance = size < 0 ? UNRACED_PROVENANCE_NONE : UNRACED_PROVENANCE_KERNEL;
	call->length = size > 0 ? size - 1 : 0;
}

/*
 * Where the kernel's copy lies. No type tells of the address alone, as newer kernels have it, or of an address within a
 * message, so the size of the memory has to. Kernels that do not give that away have the message; if it begins with
 * other bytes than the caller's memory, it may be something else.
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
	if (call->addrlen < (__s32)sizeof(copied) || bpf_probe_read_kernel(&copied, sizeof(copied), (void *)(data + within)) ||
	    bpf_probe_read_user(&passed, sizeof(passed), (void *)call->pointer))
		return 0;
	return copied == passed ? data + within : 0;
}

/* Whether there is a copy. */
static __always_inline bool take_address(struct call *call, struct io_kiocb *req)
{
	__s32 size = call->addrlen;
	__u64 data = 0;

	/* Not by GET: the kernel asks about an address only if it is a mere number. */
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

	call->fd = GET(req, cqe.fd);
	call->pointer = (__u64)GET(connect, addr);
	call->addrlen = GET(connect, addr_len);
	if (copies_late() || !take_address(call, req))
		read_address(call, UNRACED_PROVENANCE_ENTER);
}

/* The kernel has refused the request, so there is no copy of its own to rely on. */
static __always_inline void take_refused(struct long_call *to, const struct io_uring_sqe *from, __u8 syscall)
{
	struct call *call = &to->call;
	struct io_uring_sqe sqe = {};

	bpf_probe_read_kernel(&sqe, sizeof(sqe), from);
	call->fd = sqe.fd;
	call->pointer = sqe.addr;
	if (syscall == UNRACED_CONNECT) {
		call->addrlen = (__s32)sqe.addr2;
	} else if (syscall == UNRACED_OPENAT2) {
		call->how_pointer = sqe.addr2;
		call->how_size = sqe.len;
	} else {
		call->flags = sqe.open_flags;
		call->mode = sqe.len;
	}
	read_pointers(to, syscall, UNRACED_PROVENANCE_ENTER);
}

static __always_inline void request_put(struct unraced_counters *row, struct io_kiocb *req, struct long_request *from)
{
	struct posted key = { .ring = (__u64)GET(req, ctx), .user_data = GET(req, cqe.user_data) };
	__u8 opcode = GET(req, opcode);
	struct in_flight first = { .latest = (__u64)req,
				   .count = 1,
				   .before = opcode == IORING_OP_CONNECT ? GET(req, cqe.fd) : GET(req, cqe.res),
				   .opcode = opcode };
	__u64 address = (__u64)req;
	struct in_flight *same;

	bpf_map_update_elem(&requests, &address, from, BPF_ANY);
	if (from->call.call.length > INLINE_BYTES)
		bpf_map_update_elem(&long_requests, &address, from, BPF_ANY);
	if (from->call.call.silent) {
		/* Taken back if its end is told after all. */
		row->silent++;
		return;
	}
	same = bpf_map_lookup_elem(&posted, &key);
	if (same) {
		same->before = first.before;
		same->opcode = first.opcode;
		same->latest = address;
		__sync_fetch_and_add(&same->count, 1);
	} else {
		bpf_map_update_elem(&posted, &key, &first, BPF_ANY);
	}
}

static __always_inline int on_submit(struct io_kiocb *req, const struct io_uring_sqe *refused)
{
	struct unraced_control *shared = SCRATCH(control);
	__u8 syscall = requested_call(GET(req, opcode));
	struct unraced_counters *row = counter_row();
	struct unfinished *area = SCRATCH(unfinished);
	struct task_struct *task;
	struct long_call *to;
	__u64 none[4] = {};

	if (!syscall || !shared || !row || !area || !shared->active || !is_watched(shared, syscall) ||
	    filter(shared) != PASS)
		return 0;
	task = bpf_get_current_task_btf();
	identify(&area->request.by, task);
	to = &area->request.call;
	to->call.thread_start = task->start_boottime;
	to->call.enter_ns = bpf_ktime_get_boot_ns();
	to->call.mitigation = current_mode(shared);
	read_registers(&to->call, syscall, none);
	if (refused)
		take_refused(to, refused, syscall);
	else if (syscall == UNRACED_CONNECT)
		take_connect(&to->call, req);
	else
		take_open(to, req, syscall);
	if (syscall == UNRACED_CONNECT)
		to->call.how_provenance = UNRACED_PROVENANCE_NONE;
	if (to->call.provenance == UNRACED_PROVENANCE_NONE &&
	    (syscall != UNRACED_CONNECT || to->call.addrlen >= 0))
		to->call.record_flags |= UNRACED_FAULTED;
	to->call.integrity = shared->integrity != 0;
	to->call.silent = (GET(req, flags) & CQE_SKIP_SUCCESS) != 0;
	if (fd_table_is_shared(task))
		to->call.record_flags |= UNRACED_FD_TABLE_SHARED;
	request_put(row, req, &area->request);
	return 0;
}

/* Named so since 6.3, by its other name before. */
SEC("raw_tp/io_uring_submit_req")
int request_submit(struct bpf_raw_tracepoint_args *ctx)
{
	return can_read_requests() ? on_submit((struct io_kiocb *)ctx->args[0], 0) : 0;
}

SEC("raw_tp/io_uring_submit_sqe")
int request_submit_sqe(struct bpf_raw_tracepoint_args *ctx)
{
	return can_read_requests() ? on_submit((struct io_kiocb *)ctx->args[0], 0) : 0;
}

SEC("raw_tp/io_uring_req_failed")
int request_refuse(struct bpf_raw_tracepoint_args *ctx)
{
	if (!can_read_requests() || !ctx->args[0])
		return 0;
	return on_submit((struct io_kiocb *)ctx->args[1], (struct io_uring_sqe *)ctx->args[0]);
}

/* From here on, its submitter goes on before its result is known, and can put another file behind the descriptor. */
SEC("raw_tp/io_uring_queue_async_work")
int request_punt(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 address = ctx->args[0];
	struct request *request = bpf_map_lookup_elem(&requests, &address);

	if (request)
		request->call.record_flags |= UNRACED_FD_TABLE_SHARED;
	return 0;
}

/* The request's entry, whole, or what little is known without one. False when nobody wants to know. */
static __always_inline bool request_take(struct unraced_counters *row, const struct unraced_control *shared,
					 struct long_request *to, __u64 address, __u8 syscall)
{
	struct request *found = bpf_map_lookup_elem(&requests, &address);
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 none[4] = {};

	if (!found) {
		enum verdict verdict = filter(shared);

		if (verdict != PASS) {
			count_filtered(row, verdict);
			return 0;
		}
		identify(&to->by, task);
		read_registers(&to->call.call, syscall, none);
		to->call.call.enter_ns = 0;
		to->call.call.mitigation = current_mode(shared);
		to->call.call.length = 0;
		to->call.call.provenance = UNRACED_PROVENANCE_NONE;
		to->call.call.how_provenance = UNRACED_PROVENANCE_NONE;
		to->call.call.integrity = 0;
		to->call.call.record_flags = UNRACED_NO_ARGUMENTS | UNRACED_ENTER_MISSED | UNRACED_FD_TABLE_SHARED;
		return 1;
	}
	*(struct request *)to = *found;
	if (found->call.length > INLINE_BYTES) {
		struct long_request *whole = bpf_map_lookup_elem(&long_requests, &address);

		if (whole && whole->call.call.enter_ns == found->call.enter_ns) {
			bpf_probe_read_kernel(to->call.call.bytes, READ_BYTES, whole->call.call.bytes);
		} else {
			to->call.call.provenance = UNRACED_PROVENANCE_NONE;
			to->call.call.record_flags |= UNRACED_EVICTED;
		}
		bpf_map_delete_elem(&long_requests, &address);
	}
	bpf_map_delete_elem(&requests, &address);
	return 1;
}

/*
 * Whether the latest has ended so; its memory may be another's by now. Until it has, an old result lies there, which may be
 * the same, and any request of the ring can have this user_data and this result: so only what has changed since counts.
 */
static __always_inline bool latest_ended(const struct in_flight *same, const struct posted *key, __s32 result)
{
	struct io_kiocb *req = (struct io_kiocb *)same->latest;
	__u64 address = same->latest;

	if (!bpf_map_lookup_elem(&requests, &address) || GET(req, ctx) != (void *)key->ring ||
	    GET(req, cqe.user_data) != key->user_data || GET(req, cqe.res) != result || GET(req, opcode) != same->opcode)
		return 0;
	/* The descriptor lies there until there is a result. */
	return same->opcode == IORING_OP_CONNECT ? same->before && !GET(req, cqe.fd) : same->before != result;
}

static __always_inline int on_complete(struct bpf_raw_tracepoint_args *ctx, struct io_kiocb *req)
{
	__u8 syscall = requested_call(GET(req, opcode));
	struct unraced_control *shared;
	struct unraced_counters *row;
	struct unfinished *to;
	struct call *call;

	if (!syscall)
		return 0;
	shared = SCRATCH(control);
	row = counter_row();
	to = SCRATCH(unfinished);
	if (!shared || !row || !to || !shared->active || !is_watched(shared, syscall))
		return 0;
	row->returned++;
	if (!request_take(row, shared, &to->request, (__u64)req, syscall))
		return 0;
	call = &to->request.call.call;
	if (call->silent) {
		/* Counted at its submission, and so was its return. */
		row->silent--;
	}
	if (syscall == UNRACED_CONNECT && copies_late() && call->provenance != UNRACED_PROVENANCE_NONE)
		take_address(call, req);
	to->file = (__u64)GET(req, file);
	to->result = GET(req, cqe.res);
	/* A ring can outlive its process: then the kernel cancels what is left on a thread of its own. */
	if ((bpf_get_current_pid_tgid() >> 32) != to->request.by.tgid)
		call->direct = 1;
	to->syscall = syscall;
	to->is_request = 1;
	finish(ctx, row, syscall);
	return 0;
}

SEC("raw_tp/io_uring_complete")
int request_complete(struct bpf_raw_tracepoint_args *ctx)
{
	struct io_kiocb *req = (struct io_kiocb *)ctx->args[1];
	struct in_flight *same;
	struct request *known;
	struct posted key;
	__u64 address;

	if (!can_read_requests() || !req || !requested_call(GET(req, opcode)))
		return 0;
	key = (struct posted){ .ring = (__u64)GET(req, ctx), .user_data = GET(req, cqe.user_data) };
	address = (__u64)req;
	known = bpf_map_lookup_elem(&requests, &address);
	same = bpf_map_lookup_elem(&posted, &key);
	if (same && known && !known->call.silent)
		__sync_fetch_and_add(&same->count, -1);
	return on_complete(ctx, req);
}

/*
 * A completion for which the ring has no room. All that is told of it is its ring, its user_data and its result. Where that does
 * not tell which request it is of, one of them is lost, and counted.
 */
SEC("raw_tp/io_uring_cqe_overflow")
int request_overflow(struct bpf_raw_tracepoint_args *ctx)
{
	struct posted key = { .ring = ctx->args[0], .user_data = ctx->args[1] };
	struct in_flight *same = bpf_map_lookup_elem(&posted, &key);
	struct unraced_counters *row = counter_row();

	/* Entries stay, with a count of 0: one that another processor deleted meanwhile would take what is added to it along. */
	if (!can_read_requests() || !same || !row || same->count <= 0)
		return 0;
	__sync_fetch_and_add(&same->count, -1);
	if (latest_ended(same, &key, ctx->args[2]))
		return on_complete(ctx, (struct io_kiocb *)same->latest);
	row->silent++;
	return 0;
}

#endif
