/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Requests of io_urings. When the kernel tells of a submission (io_submit_sqe() of io_uring/io_uring.c), it has copied
 * the request's arguments, so what is taken here is its own copy; only connects of kernels before 6.10 are an
 * exception. Who carries a request out may be another thread, and so may be who tells of its end.
 */
#ifndef UNRACED_URING_H
#define UNRACED_URING_H

/* enum io_uring_op and enum io_uring_sqe_flags_bit of include/uapi/linux/io_uring.h */
enum { IORING_OP_CONNECT = 16, IORING_OP_OPENAT = 18, IORING_OP_CLOSE = 19, IORING_OP_OPENAT2 = 28 };
#define FIXED_FILE (1u << 0)
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
	__u64 more[2];
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
struct io_wq_work_node {
	struct io_wq_work_node *next;
};
struct io_wq_work_list {
	struct io_wq_work_node *first;
};
struct io_kiocb {
	struct file *file;
	struct io_cmd_data cmd;
	__u8 opcode;
	__u32 flags;
	struct io_cqe cqe;
	struct io_wq_work_node comp_list;
	void *ctx;
	void *async_data;
};
struct io_submit_state {
	struct io_wq_work_list compl_reqs;
};
struct io_close {
	int fd;
	__u32 file_slot;
};
struct io_ring_ctx {
	struct io_submit_state submit_state;
	unsigned int flags;
	__u32 *sq_array;
	struct io_uring_sqe *sq_sqes;
	unsigned int cached_sq_head;
	unsigned int sq_entries;
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
/* Since 7.0 the pointer is wrapped; the path is copied at the submission, as before. */
struct delayed_filename {
	struct filename *__incomplete_filename;
};
struct io_open___delayed {
	struct delayed_filename filename;
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

static __always_inline bool delays_names(void)
{
	return bpf_core_field_exists(struct io_open___delayed, filename.__incomplete_filename);
}

static __always_inline bool can_read_requests(void)
{
	return bpf_core_field_exists(struct io_kiocb, cmd) && bpf_core_field_exists(struct io_kiocb, cqe) &&
	       (bpf_core_field_exists(struct io_open, filename) || delays_names()) && bpf_core_type_exists(struct io_connect);
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
	struct filename *name = delays_names() ? GET((struct io_open___delayed *)open, filename.__incomplete_filename)
					       : GET(open, filename);
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

/*
 * The tally of requests that share ring and user_data. Any completion without room that has both, a message from another
 * ring, say, may be of one of them, and counts one as lost, as long as one is left that does not count so. When the end of
 * one is told beyond doubt, and all that are in flight count as lost, then that one did, and its loss is taken back.
 */
#define ONE_IN_FLIGHT (1ull << 32)
/* Of an entry that is about to be deleted: what is added to it would be gone. */
#define OVER ~0ull
/* Each failure is another processor's success. Who gives up leaves a loss too many, never one too few. */
#define TALLY_TRIES 8

static __always_inline bool tally_becomes(struct in_flight *same, __u64 from, __u64 to)
{
	return __sync_val_compare_and_swap(&same->tally, from, to) == from;
}

/* Whether there was one to count as lost. */
static __always_inline bool tally_loss(struct in_flight *same)
{
	for (int i = 0; i < TALLY_TRIES; i++) {
		__u64 tally = *(volatile __u64 *)&same->tally;

		if ((tally >> 32) <= (__u32)tally)
			return 0;
		if (tally_becomes(same, tally, tally + 1))
			return 1;
	}
	return 1;
}

/* Whether a loss is to be taken back. */
static __always_inline bool tally_event(struct in_flight *same, const struct posted *key)
{
	for (int i = 0; i < TALLY_TRIES; i++) {
		__u64 tally = *(volatile __u64 *)&same->tally;
		bool was_lost = (tally >> 32) <= (__u32)tally;
		bool was_last = (tally >> 32) == 1;

		if (!(tally >> 32) || tally == OVER)
			return 0;
		if (!tally_becomes(same, tally, was_last ? OVER : tally - ONE_IN_FLIGHT - was_lost))
			continue;
		if (was_last)
			bpf_map_delete_elem(&posted, key);
		return was_lost;
	}
	return 0;
}

/* False when there is no room, or too much traffic. */
static __always_inline bool tally_request(const struct posted *key, __u64 address)
{
	struct in_flight first = { .latest = address, .tally = ONE_IN_FLIGHT };

	for (int i = 0; i < TALLY_TRIES; i++) {
		struct in_flight *same = bpf_map_lookup_elem(&posted, key);
		__u64 tally;

		if (!same) {
			long error = bpf_map_update_elem(&posted, key, &first, BPF_NOEXIST);

			if (error != -EEXIST)
				return !error;
			continue;
		}
		tally = *(volatile __u64 *)&same->tally;
		if (tally == OVER || !tally_becomes(same, tally, tally + ONE_IN_FLIGHT))
			continue;
		if (bpf_map_lookup_elem(&posted, key) == same) {
			same->latest = address;
			return 1;
		}
		/* It had become another key's. */
		__sync_fetch_and_add(&same->tally, -ONE_IN_FLIGHT);
	}
	return 0;
}

static __always_inline struct posted posted_as(struct io_kiocb *req)
{
	return (struct posted){ .ring = (__u64)GET(req, ctx), .user_data = GET(req, cqe.user_data) };
}

static __always_inline void request_put(struct unraced_counters *row, struct io_kiocb *req, struct long_request *from)
{
	struct posted key = posted_as(req);
	__u64 address = (__u64)req;

	/* One whose end may not be told counts as lost until it is. So does one that could not be found by its completion. */
	if (from->call.call.silent || !tally_request(&key, address)) {
		from->call.call.silent = 1;
		row->silent++;
	}
	bpf_map_update_elem(&requests, &address, from, BPF_ANY);
	if (from->call.call.length > INLINE_BYTES)
		bpf_map_update_elem(&long_requests, &address, from, BPF_ANY);
}

/* The descriptor of a request may be a place in its ring's own table of files. */
static __always_inline bool is_fixed(struct io_kiocb *req)
{
	return GET(req, flags) & FIXED_FILE;
}

static __always_inline int on_submit(struct io_kiocb *req, const struct io_uring_sqe *refused, __s32 refusal)
{
	struct unraced_control *shared = SCRATCH(control);
	__u8 syscall = requested_call(GET(req, opcode));
	__u64 address = (__u64)req;
	struct unraced_counters *row = counter_row();
	struct unfinished *area = SCRATCH(unfinished);
	struct task_struct *task;
	struct long_call *to;
	__u64 none[4] = {};

	if (!syscall || !shared || !row || !area || !shared->active || !is_watched(shared, syscall))
		return 0;
	task = bpf_get_current_task_btf();
	if (filter(shared) != PASS) {
		if (syscall == UNRACED_CONNECT)
			connect_passes_by(task, GET(req, cqe.fd), is_fixed(req));
		/* Of one whose end was not told, and whose memory this is now. */
		bpf_map_delete_elem(&requests, &address);
		return 0;
	}
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
	if (syscall == UNRACED_CONNECT) {
		to->call.how_provenance = UNRACED_PROVENANCE_NONE;
		connect_begins(&to->call, task, !is_fixed(req));
		to->call.connecting.attempts = 1;
	}
	if (to->call.provenance == UNRACED_PROVENANCE_NONE &&
	    (syscall != UNRACED_CONNECT || to->call.addrlen >= 0))
		to->call.record_flags |= UNRACED_FAULTED;
	to->call.integrity = shared->integrity != 0;
	to->call.silent = (GET(req, flags) & CQE_SKIP_SUCCESS) != 0;
	if (fd_table_is_shared(task))
		to->call.record_flags |= UNRACED_FD_TABLE_SHARED;
	area->request.at = (struct progress){ .untold = to->call.enter_ns,
					      .files = (__u64)GET(task, files),
					      .before = syscall == UNRACED_CONNECT ? GET(req, cqe.fd) : GET(req, cqe.res),
					      .refusal = refusal };
	request_put(row, req, &area->request);
	return 0;
}

/* Named so since 6.3, by its other name before. */
POINT("io_uring", "io_uring_submit_req")
int request_submit(void *ctx)
{
	if (!can_read_requests() || !IS_THERE(io_uring_submit_req))
		return 0;
	return on_submit((struct io_kiocb *)ARGUMENT(ctx, io_uring_submit_req, 0, req), 0, 0);
}

POINT("io_uring", "io_uring_submit_sqe")
int request_submit_sqe(void *ctx)
{
	if (!can_read_requests() || !IS_THERE(io_uring_submit_sqe))
		return 0;
	return on_submit((struct io_kiocb *)ARGUMENT(ctx, io_uring_submit_sqe, 0, req), 0, 0);
}

#ifdef BY_EVENTS
/* IORING_SETUP_SQE128 and IORING_SETUP_NO_SQARRAY of include/uapi/linux/io_uring.h */
#define WIDE_ENTRIES (1u << 10)
#define WITHOUT_ARRAY (1u << 16)

/*
 * The event has copied all of the submission queue's entry that is needed, but for the descriptor. That is taken from where
 * io_get_sqe() of io_uring/io_uring.c has just read it; like all of the queue, the caller's memory.
 */
static __always_inline const struct io_uring_sqe *refused_entry(void *ctx, struct io_uring_sqe *to)
{
	struct io_ring_ctx *ring = (struct io_ring_ctx *)ARGUMENT(ctx, io_uring_req_failed, 0, ctx);
	__u32 entries = GET(ring, sq_entries), flags = GET(ring, flags);
	__u32 at = (GET(ring, cached_sq_head) - 1) & (entries - 1);
	__u64 array = 0, queue = 0;

	/* Not by GET: mere numbers, which one may add to. */
	bpf_core_read(&array, sizeof(array), &ring->sq_array);
	bpf_core_read(&queue, sizeof(queue), &ring->sq_sqes);
	if (!(flags & WITHOUT_ARRAY))
		bpf_probe_read_kernel(&at, sizeof(at), (void *)(array + at * sizeof(at)));
	if (at >= entries ||
	    bpf_probe_read_kernel(to, sizeof(*to), (void *)(queue + ((__u64)at << !!(flags & WIDE_ENTRIES)) * sizeof(*to))) ||
	    to->user_data != ARGUMENT(ctx, io_uring_req_failed, 2, user_data))
		to->fd = -1;
	to->addr2 = ARGUMENT(ctx, io_uring_req_failed, 0, off);
	to->addr = ARGUMENT(ctx, io_uring_req_failed, 0, addr);
	to->len = ARGUMENT(ctx, io_uring_req_failed, 0, len);
	to->open_flags = ARGUMENT(ctx, io_uring_req_failed, 0, op_flags);
	return to;
}
#else
static __always_inline const struct io_uring_sqe *refused_entry(void *ctx, struct io_uring_sqe *to)
{
	return (const struct io_uring_sqe *)ARGUMENT(ctx, io_uring_req_failed, 0, sqe);
}
#endif

POINT("io_uring", "io_uring_req_failed")
int request_refuse(void *ctx)
{
	struct io_uring_sqe copied = {};
	const struct io_uring_sqe *refused;

	if (!can_read_requests())
		return 0;
	refused = refused_entry(ctx, &copied);
	if (!refused)
		return 0;
	return on_submit((struct io_kiocb *)ARGUMENT(ctx, io_uring_req_failed, 1, req), refused,
			 ARGUMENT(ctx, io_uring_req_failed, 2, error));
}

/* From here on, its submitter goes on before its result is known, and can put another file behind the descriptor. */
POINT("io_uring", "io_uring_queue_async_work")
int request_punt(void *ctx)
{
	struct request *request;
	__u64 address;

	if (!can_read_requests())
		return 0;
	address = ARGUMENT(ctx, io_uring_queue_async_work, 0, req);
	request = bpf_map_lookup_elem(&requests, &address);
	if (request)
		request->call.record_flags |= UNRACED_FD_TABLE_SHARED;
	return 0;
}

/*
 * A connect is about to wait for its socket, and has waited. As both are told a moment after they are so, one of the two
 * may come too late.
 */
static __always_inline int on_poll(struct io_kiocb *req)
{
	__u64 address = (__u64)req;
	struct request *request;

	if (GET(req, opcode) != IORING_OP_CONNECT)
		return 0;
	request = bpf_map_lookup_elem(&requests, &address);
	if (request)
		request->at.polled = 1;
	return 0;
}

POINT("io_uring", "io_uring_poll_arm")
int request_poll(void *ctx)
{
	return can_read_requests() ? on_poll((struct io_kiocb *)ARGUMENT(ctx, io_uring_poll_arm, 0, req)) : 0;
}

POINT("io_uring", "io_uring_task_add")
int request_polled(void *ctx)
{
	return can_read_requests() ? on_poll((struct io_kiocb *)ARGUMENT(ctx, io_uring_task_add, 0, req)) : 0;
}

/* What little is known of a request without an entry. False when nobody wants to know. */
static __always_inline bool request_unseen(struct unraced_counters *row, const struct unraced_control *shared,
					   struct long_request *to, __u8 syscall)
{
	enum verdict verdict = filter(shared);
	__u64 none[4] = {};

	if (verdict != PASS) {
		count_filtered(row, verdict);
		return 0;
	}
	identify(&to->by, bpf_get_current_task_btf());
	read_registers(&to->call.call, syscall, none);
	to->at.files = 0;
	to->call.call.connecting = (struct connecting){};
	to->call.call.enter_ns = 0;
	to->call.call.mitigation = current_mode(shared);
	to->call.call.length = 0;
	to->call.call.provenance = UNRACED_PROVENANCE_NONE;
	to->call.call.how_provenance = UNRACED_PROVENANCE_NONE;
	to->call.call.integrity = 0;
	to->call.call.record_flags = UNRACED_NO_ARGUMENTS | UNRACED_ENTER_MISSED | UNRACED_FD_TABLE_SHARED;
	return 1;
}

/* False when the entry gave way to another one meanwhile, which the copy may be mixed with. */
static __always_inline bool request_copy(struct long_request *to, const struct request *found, __u64 address)
{
	*(struct request *)to = *found;
	return bpf_map_lookup_elem(&requests, &address) == found && found->call.enter_ns == to->call.call.enter_ns;
}

/* Whether nobody else has made its event, or is about to. By the copy, as the entry may be another's by now. */
static __always_inline bool claim(struct request *found, const struct long_request *copy)
{
	__u64 untold = copy->at.untold;

	return untold && __sync_val_compare_and_swap(&found->at.untold, untold, 0) == untold;
}

/* Of a long path, the copy has no more than the start. */
static __always_inline void take_rest(struct long_request *to, __u64 address)
{
	struct long_request *whole;

	if (to->call.call.length <= INLINE_BYTES)
		return;
	whole = bpf_map_lookup_elem(&long_requests, &address);
	if (whole && whole->call.call.enter_ns == to->call.call.enter_ns) {
		bpf_probe_read_kernel(to->call.call.bytes, READ_BYTES, whole->call.call.bytes);
	} else {
		to->call.call.provenance = UNRACED_PROVENANCE_NONE;
		to->call.call.record_flags |= UNRACED_EVICTED;
	}
	bpf_map_delete_elem(&long_requests, &address);
}

/* A request that counted as in flight has come to its event. */
static __always_inline void settle(struct unraced_counters *row, struct io_kiocb *req)
{
	struct posted key = posted_as(req);
	struct in_flight *same = bpf_map_lookup_elem(&posted, &key);

	if (same && tally_event(same, &key))
		row->silent--;
}

/*
 * Whether a request has ended so; its memory may be another's by now. Until it has, an old result lies there, which may
 * be the same, and any request of the ring can have this user_data and this result: so only what has changed since counts.
 */
static __always_inline bool has_ended(const struct request *request, struct io_kiocb *req, const struct posted *key,
				      __s32 result)
{
	if (GET(req, ctx) != (void *)key->ring || GET(req, cqe.user_data) != key->user_data ||
	    GET(req, cqe.res) != result || requested_call(GET(req, opcode)) != request->call.syscall)
		return 0;
	if (request->call.syscall != UNRACED_CONNECT)
		return request->at.before != result;
	/*
	 * The descriptor lies there until there is a result, or what the socket was polled for: bits, or 0 if somebody else
	 * woke it, or cancelled the request. No connect ends by a positive one. Whether it was polled is looked at last.
	 */
	if (!request->at.before || GET(req, cqe.fd) || result > 0)
		return 0;
	return result < 0 || !*(const volatile __u32 *)&request->at.polled;
}

/* A batch of requests that were carried out one after the other; only then their completions are told, one after the other. */
struct batch {
	__u64 at; /* struct io_wq_work_node */
	__u64 own;
	__s32 fd;
	__u32 closed; /* 1: by a request after the own one, or by any if the own one is not among them */
};
/* More requests of a batch are not looked through. */
#define BATCH_STEPS 512

static long batch_step(__u64 step, struct batch *batch)
{
	struct io_wq_work_node *at = (void *)batch->at;
	struct io_kiocb *req = (void *)at - bpf_core_field_offset(struct io_kiocb, comp_list);

	if (!at)
		return 1;
	if (batch->at == batch->own) {
		batch->closed = 0;
	} else if (GET(req, opcode) == IORING_OP_CLOSE) {
		struct io_close *close = command_of(req);

		if (!GET(close, file_slot) && GET(close, fd) == batch->fd)
			batch->closed = 1;
	}
	batch->at = (__u64)GET(at, next);
	return 0;
}

/*
 * Tells whether a later request of the batch closed the descriptor that this one opened. Only a close frees a
 * descriptor, so another file can be behind it only then: those of other threads, workers among them, show by the table.
 */
static __always_inline bool was_closed_in_batch(struct io_kiocb *req, __s32 fd)
{
	struct io_ring_ctx *ring = GET(req, ctx);
	struct batch batch = { .fd = fd, .own = (__u64)req + bpf_core_field_offset(struct io_kiocb, comp_list) };

	if (!bpf_core_field_exists(struct io_kiocb, comp_list))
		return 1;
	batch.at = (__u64)GET(ring, submit_state.compl_reqs.first);
	return bpf_loop(BATCH_STEPS, batch_step, &batch, 0) == BATCH_STEPS || batch.closed;
}

/* Completes what is known of a request by its result. */
static __always_inline int on_end(void *ctx, struct unraced_counters *row, struct unfinished *to, struct io_kiocb *req,
				  __u8 syscall, __s32 result)
{
	struct call *call = &to->request.call.call;
	struct task_struct *task = bpf_get_current_task_btf();

	row->returned++;
	if (call->silent) {
		/* Counted at its submission, and so was its return. */
		row->silent--;
	}
	if (syscall == UNRACED_CONNECT && copies_late() && call->provenance != UNRACED_PROVENANCE_NONE)
		take_address(call, req);
	to->file = (__u64)GET(req, file);
	to->result = result;
	/*
	 * Its descriptor means something only to those who share the submitter's table. A ring can outlive its process, and
	 * be told of by a thread with a table of its own.
	 */
	if ((bpf_get_current_pid_tgid() >> 32) != to->request.by.tgid ||
	    (to->request.at.files && (__u64)GET(task, files) != to->request.at.files))
		call->direct = 1;
	if (syscall != UNRACED_CONNECT && result >= 0 && !call->direct && was_closed_in_batch(req, result))
		call->direct = 1;
	to->syscall = syscall;
	to->is_request = 1;
	finish(ctx, row, syscall);
	return 0;
}

/* The end of a request is told, beyond doubt. */
static __always_inline int on_complete(void *ctx, struct io_kiocb *req, bool by_chain)
{
	__u8 syscall = requested_call(GET(req, opcode));
	struct unraced_control *shared;
	struct unraced_counters *row;
	__u64 address = (__u64)req;
	struct unfinished *to;
	struct request *found;
	__s32 result;

	if (!syscall)
		return 0;
	shared = SCRATCH(control);
	row = counter_row();
	to = SCRATCH(unfinished);
	if (!shared || !row || !to || !shared->active || !is_watched(shared, syscall))
		return 0;
	result = by_chain ? -ECANCELED : GET(req, cqe.res);
	found = bpf_map_lookup_elem(&requests, &address);
	if (found && request_copy(&to->request, found, address)) {
		bool is_first = claim(found, &to->request);

		/* One that its chain takes along may be told of again. */
		if (!by_chain)
			bpf_map_delete_elem(&requests, &address);
		if (!is_first)
			return 0;
		if (!to->request.call.call.silent)
			settle(row, req);
		if (by_chain && to->request.at.refusal)
			result = to->request.at.refusal;
		take_rest(&to->request, address);
		return on_end(ctx, row, to, req, syscall, result);
	}
	if (!request_unseen(row, shared, &to->request, syscall)) {
		row->returned++;
		if (syscall == UNRACED_CONNECT)
			request_connect_ends((__u64)GET(req, file));
		return 0;
	}
	return on_end(ctx, row, to, req, syscall, result);
}

POINT("io_uring", "io_uring_complete")
int request_complete(void *ctx)
{
	struct io_kiocb *req;

	if (!can_read_requests())
		return 0;
	req = (struct io_kiocb *)ARGUMENT(ctx, io_uring_complete, 1, req);
	/* Messages between rings have none. */
	return req ? on_complete(ctx, req, 0) : 0;
}

/*
 * A chain breaks. Behind a request that asked for no completion and failed, the others get none, either, so this is all that
 * is told of them. The kernel marks them before it tells.
 */
POINT("io_uring", "io_uring_fail_link")
int request_unlink(void *ctx)
{
	struct io_kiocb *link;

	if (!can_read_requests())
		return 0;
	link = (struct io_kiocb *)ARGUMENT(ctx, io_uring_fail_link, 1, link);
	if (!link || !(GET(link, flags) & CQE_SKIP_SUCCESS))
		return 0;
	return on_complete(ctx, link, 1);
}

/* Takes the latest request with this ring and user_data, if it has ended so, and has no event yet. */
static __always_inline bool take_latest(struct long_request *to, __u64 address, const struct posted *key, __s32 result)
{
	struct request *found = bpf_map_lookup_elem(&requests, &address);

	if (!found || !request_copy(to, found, address) || to->call.call.silent ||
	    !has_ended(found, (struct io_kiocb *)address, key, result) || !claim(found, to))
		return 0;
	take_rest(to, address);
	return 1;
}

/*
 * A completion for which the ring has no room. All that is told of it is its ring, its user_data and its result, and anything
 * can have these. Where they do not tell which request it is of, one of them is lost, and counted.
 */
POINT("io_uring", "io_uring_cqe_overflow")
int request_overflow(void *ctx)
{
	struct posted key = {};
	struct in_flight *same;
	__s32 result;
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *row = counter_row();
	struct unfinished *to = SCRATCH(unfinished);
	__u64 latest;

	if (!can_read_requests() || !shared || !row || !to || !shared->active)
		return 0;
	key.ring = ARGUMENT(ctx, io_uring_cqe_overflow, 0, ctx);
	key.user_data = ARGUMENT(ctx, io_uring_cqe_overflow, 1, user_data);
	result = ARGUMENT(ctx, io_uring_cqe_overflow, 2, res);
	same = bpf_map_lookup_elem(&posted, &key);
	if (!same)
		return 0;
	latest = same->latest;
	if (take_latest(&to->request, latest, &key, result)) {
		if (tally_event(same, &key))
			row->silent--;
		return on_end(ctx, row, to, (struct io_kiocb *)latest, to->request.call.call.syscall, result);
	}
	if (tally_loss(same))
		row->silent++;
	return 0;
}

#endif
