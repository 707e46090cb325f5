// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests of io_urings. When the kernel tells of a submission (io_submit_sqe() of io_uring/io_uring.c), it has copied
 * the path and the flags of an open, so what is taken here is its own copy. The address of a connect is snapshot then,
 * and replaced by the kernel's copy when the request is carried out: io_connect() names the request, and
 * __sys_connect_file() gets the copy, on the same thread. Who carries a request out may be another thread than the one
 * that submitted it, and so may be who tells of its end.
 *
 * All of these run in the context of a thread.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <asm/syscall.h>

#include "arguments.h"
#include "emit.h"
#include "filter.h"
#include "posted.h"
#include "tracepoints.h"
#include "truth.h"

/*
 * What a request holds is private to the kernel (io_uring/openclose.c), and known up to this version. Of a kernel that
 * checks the types of the functions it calls, probes would have to have those of each version.
 */
#if IS_ENABLED(CONFIG_IO_URING) && !IS_ENABLED(CONFIG_CFI_CLANG) && !IS_ENABLED(CONFIG_CFI) && \
	LINUX_VERSION_CODE < KERNEL_VERSION(7, 4, 0)

#include <linux/io_uring_types.h>

/* struct io_open and struct io_connect, as far as needed; the same since 6.0, but for the name. */
struct requested_open {
	struct file *file;
	int dfd;
	u32 file_slot;
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
	struct filename *filename;
#else
	struct delayed_filename filename;
#endif
	struct open_how how;
};

static const struct filename *requested_name(const struct requested_open *open)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
	return open->filename;
#else
	return open->filename.__incomplete_filename;
#endif
}

struct requested_connect {
	struct file *file;
	struct sockaddr __user *addr;
	int addr_len;
};

static_assert(sizeof(struct requested_open) <= sizeof(struct io_cmd_data));

static u8 requested_call(const struct io_kiocb *req)
{
	switch (req->opcode) {
	case IORING_OP_OPENAT:
		return UNRACED_OPENAT;
	case IORING_OP_OPENAT2:
		return UNRACED_OPENAT2;
	case IORING_OP_CONNECT:
		return UNRACED_CONNECT;
	}
	return 0;
}

static bool is_watched_request(const struct unraced_capture *capture, u8 syscall)
{
	return syscall && (capture->config.syscalls & (1u << syscall));
}

static int request_take(struct unraced_capture *capture, struct unraced_area *area, const struct io_kiocb *req)
{
	return unraced_stash_take(capture->requests, (unsigned long)req, 0, requested_call(req), &area->call,
				  sizeof(area->call));
}

static void request_put(struct unraced_capture *capture, struct unraced_area *area, const struct io_kiocb *req)
{
	unraced_stash_put(capture->requests, (unsigned long)req, 0, requested_call(req), &area->call,
			  unraced_call_bytes(&area->call));
}

static void begin_request(struct unraced_capture *capture, struct unraced_area *area, u8 syscall)
{
	struct unraced_arguments none = { .syscall = syscall, .abi = UNRACED_ABI_NATIVE };

	unraced_rebuild(capture, area, &none, READ_ONCE(capture->mitigation));
	area->call.record.origin = UNRACED_ORIGIN_IO_URING;
}

static void take_open(struct unraced_call *call, const struct io_kiocb *req)
{
	const struct requested_open *open = (const struct requested_open *)&req->cmd;
	const struct filename *name = requested_name(open);
	struct unraced_how how = { .flags = open->how.flags, .mode = open->how.mode, .resolve = open->how.resolve };

	call->record.open.dirfd = open->dfd;
	if (call->record.syscall == UNRACED_OPENAT2)
		call->record.open.how_size = sizeof(how);
	call->direct = open->file_slot != 0;
	unraced_call_how(call, &how, UNRACED_PROVENANCE_KERNEL);
	if (!IS_ERR_OR_NULL(name))
		unraced_call_adopt(call, name->name, strnlen(name->name, UNRACED_PATH_MAX));
}

static void take_connect(struct unraced_call *call, const struct io_kiocb *req)
{
	const struct requested_connect *connect = (const struct requested_connect *)&req->cmd;

	call->record.connect.fd = req->cqe.fd;
	call->pointer = (unsigned long)connect->addr;
	call->record.connect.addrlen = connect->addr_len;
	unraced_read_pointers(call, UNRACED_PROVENANCE_ENTER);
}

/* The kernel has refused the request, so there is no copy of its own to rely on; this memory is the caller's. */
static void take_refused(struct unraced_call *call, const struct io_uring_sqe *sqe)
{
	struct unraced_record *record = &call->record;

	call->pointer = READ_ONCE(sqe->addr);
	if (record->syscall == UNRACED_CONNECT) {
		record->connect.fd = READ_ONCE(sqe->fd);
		record->connect.addrlen = (s32)READ_ONCE(sqe->addr2);
	} else {
		record->open.dirfd = READ_ONCE(sqe->fd);
		record->how_provenance = UNRACED_PROVENANCE_NONE;
		record->how_integrity = UNRACED_INTEGRITY_UNCHECKED;
	}
	if (record->syscall == UNRACED_OPENAT2) {
		call->how_pointer = READ_ONCE(sqe->addr2);
		record->open.how_size = READ_ONCE(sqe->len);
	} else if (record->syscall == UNRACED_OPENAT) {
		struct unraced_how how = { .flags = READ_ONCE(sqe->open_flags), .mode = READ_ONCE(sqe->len) };

		unraced_call_how(call, &how, UNRACED_PROVENANCE_ENTER);
	}
	unraced_read_pointers(call, UNRACED_PROVENANCE_ENTER);
}

static void submit(struct unraced_capture *capture, const struct io_kiocb *req, const struct io_uring_sqe *refused,
		   int error)
{
	struct unraced_area *area = unraced_area(capture);
	struct unraced_call *call = &area->call;

	begin_request(capture, area, requested_call(req));
	call->record.enter_ns = ktime_get_boottime_ns();
	if (refused)
		take_refused(call, refused);
	else if (call->record.syscall == UNRACED_CONNECT)
		take_connect(call, req);
	else
		take_open(call, req);
	call->record.flags |= unraced_faulted(call);
	if (unraced_descriptors_shared())
		call->record.flags |= UNRACED_FD_TABLE_SHARED;
	unraced_describe_caller(&call->record);
	call->silent = !!(req->flags & REQ_F_CQE_SKIP);
	call->record.result = error;
	request_put(capture, area, req);
	/* Counted as lost already, it is not counted again when its completion finds no room. */
	if (call->silent)
		unraced_row(capture)->silent++;
	else
		unraced_posted_add(capture, req);
}

static void on_submission(struct unraced_capture *capture, const struct io_kiocb *req, const struct io_uring_sqe *refused,
			  int error)
{
	if (!is_watched_request(capture, requested_call(req)) || unraced_filter(capture) != UNRACED_PASS)
		return;
	preempt_disable();
	submit(capture, req, refused, error);
	preempt_enable();
}

static void on_submit(void *data, struct io_kiocb *req)
{
	on_submission(data, req, NULL, 0);
}

static void on_refuse(void *data, const struct io_uring_sqe *sqe, struct io_kiocb *req, int error)
{
	if (sqe)
		on_submission(data, req, sqe, error);
}

/* From here on, its submitter goes on before its result is known, and can put another file behind the descriptor. */
static void on_punt(void *data, struct io_kiocb *req, int rw)
{
	struct unraced_capture *capture = data;
	struct unraced_area *area;

	if (!is_watched_request(capture, requested_call(req)))
		return;
	preempt_disable();
	area = unraced_area(capture);
	if (request_take(capture, area, req) >= 0) {
		area->call.record.flags |= UNRACED_FD_TABLE_SHARED;
		request_put(capture, area, req);
	}
	preempt_enable();
}

/* What little is known of a request whose submission was not seen. False when nobody wants to know. */
static bool begin_late_request(struct unraced_capture *capture, struct unraced_area *area, const struct io_kiocb *req)
{
	enum unraced_verdict verdict = unraced_filter(capture);
	struct unraced_record *record = &area->call.record;

	if (verdict != UNRACED_PASS) {
		unraced_count_filtered(unraced_row(capture), verdict);
		return false;
	}
	begin_request(capture, area, requested_call(req));
	area->call.integrity = 0;
	record->how_provenance = UNRACED_PROVENANCE_NONE;
	record->how_integrity = UNRACED_INTEGRITY_UNCHECKED;
	record->flags = UNRACED_NO_ARGUMENTS | UNRACED_ENTER_MISSED | UNRACED_FD_TABLE_SHARED;
	unraced_describe_caller(record);
	return true;
}

static void describe_object(struct unraced_area *area, const struct io_kiocb *req)
{
	struct unraced_record *record = &area->call.record;
	struct file *file;

	if (record->syscall == UNRACED_CONNECT) {
		/* The request holds its file until it is done. */
		if (unraced_has_peer(record->result) && req->file)
			unraced_describe_connect(area, req->file);
		return;
	}
	/* A ring can outlive its process: then the kernel cancels what is left on a thread of its own. */
	if (record->result < 0 || area->call.direct || current->tgid != record->tgid)
		return;
	if (unraced_descriptors_shared())
		record->flags |= UNRACED_FD_TABLE_SHARED;
	file = fget_raw(record->result);
	if (!file)
		return;
	unraced_describe_file(area, file);
	fput(file);
}

/* Its call is in the area, if its submission is known. */
static void end(struct unraced_capture *capture, const struct io_kiocb *req, bool known, s32 result)
{
	struct unraced_area *area = unraced_area(capture);
	struct unraced_counters *row = unraced_row(capture);

	row->returned++;
	if (!known && !begin_late_request(capture, area, req))
		return;
	if (area->call.silent) {
		/* Counted at its submission, as was its return, and taken back now that its end is told after all. */
		row->silent--;
	}
	area->call.record.result = result;
	if (!unraced_is_wanted(capture, area))
		return;
	area->call.record.exit_ns = ktime_get_boottime_ns();
	describe_object(area, req);
	unraced_send(capture, area);
}

static void on_complete(void *data, void *ctx, void *completed)
{
	struct unraced_capture *capture = data;
	const struct io_kiocb *req = completed;
	struct unraced_area *area;
	bool known;

	/* Messages between rings have none. */
	if (!req || !is_watched_request(capture, requested_call(req)))
		return;
	preempt_disable();
	area = unraced_area(capture);
	known = request_take(capture, area, req) >= 0;
	unraced_posted_remove(capture, req, known && !area->call.silent);
	end(capture, req, known, req->cqe.res);
	preempt_enable();
}

/*
 * A chain breaks. Behind a request that asked for no completion and failed, the others get none, either, so this is all that
 * is told of them. The kernel marks them before it tells (io_fail_links()), and may tell of one again, which is unknown then.
 */
static void on_unlink(void *data, struct io_kiocb *req, struct io_kiocb *link)
{
	struct unraced_capture *capture = data;
	struct unraced_area *area;
	int outcome;
	s32 refusal;

	if (!(link->flags & REQ_F_CQE_SKIP) || !is_watched_request(capture, requested_call(link)))
		return;
	preempt_disable();
	area = unraced_area(capture);
	outcome = request_take(capture, area, link);
	if (outcome >= 0 || outcome == UNRACED_TAKE_EVICTED) {
		unraced_posted_remove(capture, link, outcome >= 0 && !area->call.silent);
		refusal = outcome >= 0 ? area->call.record.result : 0;
		end(capture, link, outcome >= 0, refusal ? refusal : -ECANCELED);
	}
	preempt_enable();
}

/* Counted as one that asked for no completion is: until its end is told. */
static void lose(struct unraced_capture *capture, const struct io_kiocb *req)
{
	struct unraced_area *area = unraced_area(capture);

	if (request_take(capture, area, req) < 0)
		return;
	if (!area->call.silent)
		unraced_row(capture)->silent++;
	area->call.silent = true;
	request_put(capture, area, req);
}

/* A completion for which the ring has no room. */
static void on_overflow(void *data, void *ctx, unsigned long long user_data, s32 result)
{
	struct unraced_capture *capture = data;
	enum unraced_found found;
	const struct io_kiocb *req;

	preempt_disable();
	req = unraced_posted_find(capture, ctx, user_data, result, &found);
	if (found == UNRACED_OF_THIS)
		end(capture, req, request_take(capture, unraced_area(capture), req) >= 0, req->cqe.res);
	else if (found == UNRACED_PERHAPS_THIS)
		lose(capture, req);
	else if (found == UNRACED_OF_ANY)
		unraced_row(capture)->silent++;
	preempt_enable();
}

static int on_issue(struct kprobe *kprobe, struct pt_regs *regs)
{
	struct unraced_capture *capture = container_of(kprobe, struct unraced_probe, kprobe)->capture;
	u64 req = regs_get_kernel_argument(regs, 0);

	unraced_stash_put(capture->issued, current->pid, current->start_boottime, 0, &req, sizeof(req));
	return 0;
}

/* By connect(2) or socketcall(2), not for an io_uring. */
static bool is_connecting(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	struct unraced_arguments arguments;

	return !(current->flags & (PF_KTHREAD | PF_IO_WORKER)) &&
	       unraced_arch_call(regs, syscall_get_nr(current, regs), &arguments) && arguments.syscall == UNRACED_CONNECT;
}

static int on_requested_address(struct kprobe *kprobe, struct pt_regs *regs)
{
	struct unraced_capture *capture = container_of(kprobe, struct unraced_probe, kprobe)->capture;
	const void *copy = (const void *)regs_get_kernel_argument(regs, 1);
	s32 length = (s32)regs_get_kernel_argument(regs, 2);
	struct unraced_area *area = unraced_area(capture);
	const struct io_kiocb *req;
	u64 address;

	/* Neither a thread that has used an io_uring, nor one that works for it. */
	if (!current->io_uring && !(current->flags & PF_IO_WORKER))
		return 0;
	if (length < 0 || length > UNRACED_ADDRESS_MAX ||
	    unraced_stash_take(capture->issued, current->pid, current->start_boottime, 0, &address, sizeof(address)) < 0)
		return 0;
	/* A request that never came to its address left itself behind, and this connect is the thread's own. */
	if (is_connecting())
		return 0;
	req = (const struct io_kiocb *)(unsigned long)address;
	if (request_take(capture, area, req) < 0)
		return 0;
	if (area->call.record.provenance != UNRACED_PROVENANCE_KERNEL)
		unraced_call_adopt(&area->call, copy, length);
	request_put(capture, area, req);
	return 0;
}

enum { COMPLETE, OVERFLOW, UNLINK, PUNT, REFUSE, SUBMIT, RING_POINTS };

/* Ends before beginnings: what began unseen is an end without a beginning, not the reverse. */
static const struct {
	const char *names[2];
	void *handler;
} ring_handlers[RING_POINTS] = {
	[COMPLETE] = { { "io_uring_complete" }, on_complete },
	[OVERFLOW] = { { "io_uring_cqe_overflow" }, on_overflow },
	[UNLINK] = { { "io_uring_fail_link" }, on_unlink },
	[PUNT] = { { "io_uring_queue_async_work" }, on_punt },
	[REFUSE] = { { "io_uring_req_failed" }, on_refuse },
	/* Named so since 6.3, by its other name before. */
	[SUBMIT] = { { "io_uring_submit_req", "io_uring_submit_sqe" }, on_submit },
};

static const struct {
	const char *symbol;
	kprobe_pre_handler_t handler;
} connect_probes[UNRACED_REQUEST_PROBES] = {
	{ "io_connect", on_issue },
	{ "__sys_connect_file", on_requested_address },
};

static struct tracepoint *ring_points[RING_POINTS];
static bool points_found;

void unraced_requests_find(void)
{
	int i;

	points_found = true;
	for (i = 0; i < RING_POINTS; i++) {
		ring_points[i] = unraced_tracepoint(ring_handlers[i].names[0]);
		if (!ring_points[i] && ring_handlers[i].names[1])
			ring_points[i] = unraced_tracepoint(ring_handlers[i].names[1]);
		points_found = points_found && ring_points[i];
	}
}

u32 unraced_requests_features(void)
{
	return points_found ? UNRACED_FEATURE_IO_URING : 0;
}

static struct unraced_stash *new_table(const struct unraced_capture *capture, u32 bytes)
{
	struct unraced_stash_size size = {
		.entries = capture->config.stash_entries,
		.short_bytes = bytes,
		.long_bytes = bytes,
		.shards = 1,
	};

	return unraced_stash_new(&size, get_random_u64());
}

/* Without these, the address of a connect stays the snapshot of its submission. */
static void start_probes(struct unraced_capture *capture)
{
	int i;

	for (i = 0; i < UNRACED_REQUEST_PROBES; i++) {
		struct unraced_probe *probe = &capture->request_probes[i];

		probe->capture = capture;
		probe->kprobe.symbol_name = connect_probes[i].symbol;
		probe->kprobe.pre_handler = connect_probes[i].handler;
		probe->registered = !register_kprobe(&probe->kprobe);
	}
}

int unraced_requests_start(struct unraced_capture *capture)
{
	int i;

	if (!points_found)
		return 0;
	capture->requests = unraced_capture_new_stash(capture);
	unraced_lock_init(&capture->posted_lock);
	capture->posted = new_table(capture, UNRACED_POSTED_BYTES);
	capture->issued = new_table(capture, sizeof(u64));
	if (!capture->requests || !capture->posted || !capture->issued)
		return -ENOMEM;
	if (capture->config.syscalls & (1u << UNRACED_CONNECT))
		start_probes(capture);
	for (i = 0; i < RING_POINTS; i++) {
		int error = tracepoint_probe_register(ring_points[i], ring_handlers[i].handler, capture);

		if (error)
			return error;
		capture->request_points = i + 1;
	}
	return 0;
}

void unraced_requests_stop(struct unraced_capture *capture)
{
	int i;

	for (i = capture->request_points; i-- > 0;)
		tracepoint_probe_unregister(ring_points[i], ring_handlers[i].handler, capture);
	capture->request_points = 0;
	for (i = 0; i < UNRACED_REQUEST_PROBES; i++) {
		if (capture->request_probes[i].registered)
			unregister_kprobe(&capture->request_probes[i].kprobe);
		capture->request_probes[i].registered = false;
	}
	tracepoint_synchronize_unregister();
}

#else

void unraced_requests_find(void)
{
}

u32 unraced_requests_features(void)
{
	return 0;
}

int unraced_requests_start(struct unraced_capture *capture)
{
	return 0;
}

void unraced_requests_stop(struct unraced_capture *capture)
{
}

#endif
