// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests of io_urings. When the kernel reports a submission (io_submit_sqe() of io_uring/io_uring.c), it has copied
 * the path and the flags of an open, so these values are its own copy. The address of a connect is a snapshot then. The
 * kernel's copy replaces it when the request runs: io_connect() names the request, and __sys_connect_file() gets the
 * copy, on the same thread. The thread that runs a request, or reports its completion, may be another than the
 * submitter.
 *
 * All of these probes run in the context of a thread.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <asm/syscall.h>

#include "call/arguments.h"
#include "object/connects.h"
#include "out/emit.h"
#include "filter/filter.h"
#include "iouring/posted.h"
#include "iouring/requests.h"
#include "lib/tracepoints.h"
#include "object/truth.h"

/*
 * The content of a request is private to the kernel (io_uring/openclose.c), and known up to this version. A kernel that
 * checks the types of called functions would need probes with the types of each version.
 */
#if IS_ENABLED(CONFIG_IO_URING) && !IS_ENABLED(CONFIG_CFI_CLANG) && !IS_ENABLED(CONFIG_CFI) && \
	LINUX_VERSION_CODE < KERNEL_VERSION(7, 4, 0)

#include <linux/io_uring_types.h>

/* The needed start of struct io_open and struct io_connect; both are the same since 6.0, but for the name. */
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

/* This many inline opens can be under way at once: one for each thread that is preempted inside io_openat2(). */
#define RETURNS 1024

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

/* The kernel refused the request, so there is no kernel copy; this memory belongs to the caller. */
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
	/* This memory may have belonged to a request whose completion was never reported. */
	if (call->record.syscall == UNRACED_CONNECT)
		unraced_act_forget(capture, (unsigned long)req, 0);
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
	/* A silent request counts as lost already; when its completion finds no room, it must not count again. */
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

/* From here on, the submitter continues before the result is known, and can put another file behind the descriptor. */
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
		area->call.punted = 1;
		request_put(capture, area, req);
	}
	preempt_enable();
}

/*
 * Fills in the little that is known of a request whose submission was not seen. Returns false if a filter leaves it
 * out.
 */
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
	area->call.punted = 1;
	/* The result of an open into the ring's own table is no descriptor. */
	if (record->syscall != UNRACED_CONNECT)
		area->call.direct = ((const struct requested_open *)&req->cmd)->file_slot != 0;
	record->how_provenance = UNRACED_PROVENANCE_NONE;
	record->how_integrity = UNRACED_INTEGRITY_UNCHECKED;
	record->flags = UNRACED_NO_ARGUMENTS | UNRACED_ENTER_MISSED | UNRACED_FD_TABLE_SHARED;
	unraced_describe_caller(record);
	return true;
}

static void describe_opened(struct unraced_area *area)
{
	struct unraced_record *record = &area->call.record;
	struct file *file;

	if (unraced_descriptors_shared())
		record->flags |= UNRACED_FD_TABLE_SHARED;
	file = fget_raw(record->result);
	if (!file)
		return;
	area->call.installed = record->result;
	unraced_describe_file(area, file);
	fput(file);
}

static void describe_object(struct unraced_capture *capture, struct unraced_area *area, const struct io_kiocb *req)
{
	struct unraced_record *record = &area->call.record;

	if (record->syscall == UNRACED_CONNECT) {
		if (!unraced_has_peer(record->result))
			return;
		/* The request holds its file until it completes. */
		if (req->file)
			unraced_describe_connect(capture, area, req->file);
		else
			record->flags |= UNRACED_OBJECT_MISSED;
		return;
	}
	if (record->result < 0)
		return;
	/*
	 * A worker of the ring opened the file, and FD_TABLE_SHARED says so. A ring can outlive its process: the kernel
	 * then cancels the remaining requests on a thread of its own.
	 */
	if (!(record->flags & UNRACED_HAS_FILE) && area->call.punted && !area->call.direct && current->tgid == record->tgid)
		describe_opened(area);
	if (!(record->flags & UNRACED_HAS_FILE))
		record->flags |= UNRACED_OBJECT_MISSED;
}

/* Writes the event of a completed request. The area holds its call if its submission is known. */
static void tell(struct unraced_capture *capture, const struct io_kiocb *req, bool known, s32 result)
{
	struct unraced_area *area = unraced_area(capture);
	struct unraced_counters *row = unraced_row(capture);

	row->returned++;
	if (!known && !begin_late_request(capture, area, req))
		return;
	if (area->call.silent) {
		/* The submission counted this request as silent, and its completion is reported after all. */
		row->silent--;
	}
	area->call.record.result = result;
	if (!unraced_is_wanted(capture, area))
		return;
	area->call.record.exit_ns = ktime_get_boottime_ns();
	describe_object(capture, area, req);
	unraced_send(capture, area);
}

static void end(struct unraced_capture *capture, const struct io_kiocb *req, bool known, s32 result)
{
	struct unraced_area *area = unraced_area(capture);
	bool connects = requested_call(req) == UNRACED_CONNECT;

	if (connects)
		unraced_act_take(capture, area, (unsigned long)req, 0);
	tell(capture, req, known, result);
	if (connects)
		unraced_act_end(capture, area);
}

static void on_complete(void *data, void *ctx, void *completed)
{
	struct unraced_capture *capture = data;
	const struct io_kiocb *req = completed;
	struct unraced_area *area;
	bool known;

	/* Messages between rings have no request. */
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
 * A chain breaks. Behind a failed request that asked for no completion, the others get none either, so only this
 * tracepoint reports them. The kernel marks them before (io_fail_links()), and may report one again, which is then
 * unknown.
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

/* Counts a request as silent, as one that asked for no completion, until its completion is reported. */
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

/* The ring has no room for this completion. */
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

/*
 * The kernel reports the completions of a batch only after all of it ran, and a later request can put another file
 * behind the descriptor. The file is therefore described when io_openat2() returns, on the same thread.
 */
static int before_open(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	u32 flags = regs_get_kernel_argument(regs, 1);

	/* Only opens that cannot block take one of the instances, so no attacker can use them up. */
	if (!(flags & IO_URING_F_NONBLOCK))
		return 1;
	*(u64 *)instance->data = regs_get_kernel_argument(regs, 0);
	return 0;
}

static void opened(struct unraced_capture *capture, const struct io_kiocb *req)
{
	struct unraced_area *area = unraced_area(capture);
	s32 result = req->cqe.res;

	/* The kernel clears this flag when it has carried out the open. */
	if ((req->flags & REQ_F_NEED_CLEANUP) || result < 0 || request_take(capture, area, req) < 0)
		return;
	if (!area->call.direct && !(area->call.record.flags & UNRACED_HAS_FILE)) {
		area->call.record.result = result;
		describe_opened(area);
	}
	request_put(capture, area, req);
}

static int after_open(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct kretprobe *probe = get_kretprobe(instance);
	const struct io_kiocb *req = (const struct io_kiocb *)(unsigned long)*(u64 *)instance->data;

	if (!probe)
		return 0;
	preempt_disable();
	opened(container_of(probe, struct unraced_return_probe, kretprobe)->capture, req);
	preempt_enable();
	return 0;
}

static int on_issue(struct kprobe *kprobe, struct pt_regs *regs)
{
	struct unraced_capture *capture = container_of(kprobe, struct unraced_probe, kprobe)->capture;
	u64 req = regs_get_kernel_argument(regs, 0);

	unraced_stash_put(capture->issued, current->pid, current->start_boottime, 0, &req, sizeof(req));
	return 0;
}

long unraced_requests_references(const void *request)
{
	/* A fixed file belongs to the ring's table, and requests borrow it from there. */
	return ((const struct io_kiocb *)request)->flags & REQ_F_FIXED_FILE ? 1 : 2;
}

/* Returns whether the thread is in connect(2) or socketcall(2), not in an io_uring. */
static bool is_connecting(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	struct unraced_arguments arguments UNRACED_FILLED_LATER;

	return !(current->flags & (PF_KTHREAD | PF_IO_WORKER)) &&
	       unraced_arch_call(regs, syscall_get_nr(current, regs), &arguments) && arguments.syscall == UNRACED_CONNECT;
}

const void *unraced_requests_issued(struct unraced_capture *capture)
{
	u64 address;

	/* This thread has never used an io_uring, and is no worker of one. */
	if (!capture->issued || (!current->io_uring && !(current->flags & PF_IO_WORKER)))
		return NULL;
	if (unraced_stash_take(capture->issued, current->pid, current->start_boottime, 0, &address, sizeof(address)) < 0)
		return NULL;
	/*
	 * A request that failed before it reached its address left its entry behind; this connect is the thread's own.
	 */
	return is_connecting() ? NULL : (const void *)(unsigned long)address;
}

void unraced_requests_address(struct unraced_capture *capture, const void *request, const void *copy, s32 length)
{
	struct unraced_area *area = unraced_area(capture);

	if (length < 0 || length > UNRACED_ADDRESS_MAX || request_take(capture, area, request) < 0)
		return;
	if (area->call.record.provenance != UNRACED_PROVENANCE_KERNEL)
		unraced_call_adopt(&area->call, copy, length);
	request_put(capture, area, request);
}

enum { COMPLETE, OVERFLOW, UNLINK, PUNT, REFUSE, SUBMIT, RING_POINTS };

/*
 * Completions start before submissions: a request whose submission was not seen has an end without a beginning, not the
 * reverse.
 */
static const struct {
	const char *names[2];
	void *handler;
} ring_handlers[RING_POINTS] = {
	[COMPLETE] = { { "io_uring_complete" }, on_complete },
	[OVERFLOW] = { { "io_uring_cqe_overflow" }, on_overflow },
	[UNLINK] = { { "io_uring_fail_link" }, on_unlink },
	[PUNT] = { { "io_uring_queue_async_work" }, on_punt },
	[REFUSE] = { { "io_uring_req_failed" }, on_refuse },
	/* The first name is that since 6.3, the second that of older kernels. */
	[SUBMIT] = { { "io_uring_submit_req", "io_uring_submit_sqe" }, on_submit },
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

/* Without this probe no act belongs to a request: its event has SOCKET_SHARED, and its address stays the snapshot. */
static void start_issue_probe(struct unraced_capture *capture)
{
	struct unraced_probe *probe = &capture->issue_probe;

	probe->capture = capture;
	probe->kprobe.symbol_name = "io_connect";
	probe->kprobe.pre_handler = on_issue;
	probe->registered = !register_kprobe(&probe->kprobe);
}

/* io_openat() calls io_openat2(), so one probe sees both. Without it, opens of requests have OBJECT_MISSED. */
static void start_return_probe(struct unraced_capture *capture)
{
	struct unraced_return_probe *probe = &capture->open_probe;

	probe->capture = capture;
	probe->kretprobe.kp.symbol_name = "io_openat2";
	probe->kretprobe.entry_handler = before_open;
	probe->kretprobe.handler = after_open;
	probe->kretprobe.data_size = sizeof(u64);
	probe->kretprobe.maxactive = RETURNS;
	probe->registered = !register_kretprobe(&probe->kretprobe);
}

int unraced_requests_start(struct unraced_capture *capture)
{
	int i;

	if (!points_found)
		return 0;
	capture->requests = unraced_capture_new_stash(capture);
	capture->posted = unraced_capture_new_table(capture->config.stash_entries, UNRACED_POSTED_BYTES, true);
	capture->issued = unraced_capture_new_table(capture->config.stash_entries, sizeof(u64), false);
	if (!capture->requests || !capture->posted || !capture->issued)
		return -ENOMEM;
	if (capture->config.syscalls & (1u << UNRACED_CONNECT))
		start_issue_probe(capture);
	if (capture->config.syscalls & (1u << UNRACED_OPENAT | 1u << UNRACED_OPENAT2))
		start_return_probe(capture);
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
	if (capture->issue_probe.registered)
		unregister_kprobe(&capture->issue_probe.kprobe);
	capture->issue_probe.registered = false;
	if (capture->open_probe.registered)
		unregister_kretprobe(&capture->open_probe.kretprobe);
	capture->open_probe.registered = false;
	tracepoint_synchronize_unregister();
}

#else

const void *unraced_requests_issued(struct unraced_capture *capture)
{
	return NULL;
}

long unraced_requests_references(const void *request)
{
	return 0;
}

void unraced_requests_address(struct unraced_capture *capture, const void *request, const void *copy, s32 length)
{
}

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
