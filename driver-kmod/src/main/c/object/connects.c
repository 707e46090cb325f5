// SPDX-License-Identifier: GPL-2.0-only
#include <linux/file.h>
#include <linux/net.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <net/sock.h>

#include "call/arguments.h"
#include "object/connects.h"
#include "kernelcopy/copies.h"
#include "out/emit.h"
#include "filter/filter.h"
#include "iouring/requests.h"
#include "syscall/execution.h"
#include "object/truth.h"

#define CONNECT_FILE "__sys_connect_file"
#define LEAST_ENTRIES 4096u

/* An entry in the table of sockets; it exists while any act of the socket is under way. */
struct socket_acts {
	u64 latest; /* number of the act that began last */
	u32 under_way;
	u32 reserved;
};

struct beginning {
	struct unraced_act *act;
	u64 before; /* number of the earlier act that the same owner continues with this one, or 0 */
	bool alone; /* no other descriptor or task holds the socket's file now */
};

/*
 * A call for a socket holds the socket's file. So a file without another holder has no other act under way, and an
 * entry that counts one was left behind by a call whose end was missed.
 */
static bool begin_on_socket(const struct unraced_edit *found, void *with)
{
	const struct beginning *beginning = with;
	struct unraced_act *act = beginning->act;
	struct socket_acts *acts = found->entry;

	if (beginning->before && acts->latest != beginning->before)
		act->overlapped = 1;
	else if (beginning->before && acts->under_way)
		acts->under_way--;
	if (beginning->alone)
		acts->under_way = 0;
	if (acts->under_way || (!beginning->alone && !found->known && (found->evicted || found->lossy)))
		act->overlapped = 1;
	acts->under_way++;
	acts->latest = act->number;
	return true;
}

static bool end_on_socket(const struct unraced_edit *found, void *with)
{
	struct socket_acts *acts = found->entry;

	if (!found->known || acts->under_way <= 1)
		return false;
	acts->under_way--;
	return true;
}

static bool is_latest(void *entry, const void *with)
{
	return ((const struct socket_acts *)entry)->latest == *(const u64 *)with;
}

void unraced_act_take(struct unraced_capture *capture, struct unraced_area *area, u64 owner, u64 start)
{
	area->acted = unraced_stash_take(capture->acts, owner, start, 0, &area->act, sizeof(area->act)) >= 0;
}

bool unraced_act_is_alone(struct unraced_capture *capture, const struct unraced_area *area)
{
	/* The caller has read the socket before; the shard's lock keeps that order. */
	return area->acted && !area->act.overlapped &&
	       unraced_stash_touch(capture->sockets, area->act.socket, 0, 0, is_latest, &area->act.number);
}

void unraced_act_end(struct unraced_capture *capture, struct unraced_area *area)
{
	if (area->acted)
		unraced_stash_edit(capture->sockets, area->act.socket, 0, 0, false, end_on_socket, NULL);
	area->acted = false;
}

void unraced_act_forget(struct unraced_capture *capture, u64 owner, u64 start)
{
	struct unraced_area *area = unraced_area(capture);

	unraced_act_take(capture, area, owner, start);
	unraced_act_end(capture, area);
}

/* One run of __sys_connect_file(). */
struct connecting {
	struct file *file;
	const void *address; /* the kernel's copy */
	s32 length;
	const void *request; /* the request of an io_uring; null for a system call */
	struct sock *sk;
	bool alone;
};

/*
 * A file without another holder has one reference for its descriptor, and one that the call or the request took. A
 * system call takes none while its descriptors are not shared (__fdget()).
 */
static bool is_alone(const struct connecting *connecting)
{
	long own = connecting->request ? unraced_requests_references(connecting->request) :
					 1 + unraced_descriptors_shared();

	return file_count(connecting->file) <= own;
}

static void begin_act(struct unraced_capture *capture, const struct connecting *connecting)
{
	u64 owner = connecting->request ? (unsigned long)connecting->request : current->pid;
	u64 start = connecting->request ? 0 : current->start_boottime;
	struct unraced_area *area = unraced_area(capture);
	struct unraced_act act = {
		.socket = (unsigned long)connecting->sk,
		.number = atomic64_inc_return(&capture->acts_begun),
		.device = READ_ONCE(connecting->sk->sk_bound_dev_if),
	};
	struct beginning beginning = { .act = &act, .alone = connecting->alone };

	/* A request can come here several times before it completes. */
	unraced_act_take(capture, area, owner, start);
	if (area->acted && connecting->request && area->act.socket == act.socket) {
		beginning.before = area->act.number;
		act.overlapped = area->act.overlapped;
		act.device = area->act.device;
	} else {
		unraced_act_end(capture, area);
	}
	unraced_stash_edit(capture->sockets, act.socket, 0, 0, true, begin_on_socket, &beginning);
	unraced_stash_put(capture->acts, owner, start, 0, &act, sizeof(act));
	area->acted = false;
}

/* Returns whether the block's descriptor, as read at entry, leads to the file that the kernel took. */
static bool names_file(s32 descriptor, const struct connecting *connecting)
{
	bool shared = unraced_descriptors_shared(), same;
	struct file *file = unraced_file_of(descriptor, shared);

	same = file == connecting->file;
	if (file)
		unraced_give_file(file, shared);
	return same;
}

/*
 * The block of a socketcall(2) is memory, which the kernel reads once more than this module does. The file and the
 * kernel's length are known here. The descriptor is the block's if it leads to this file and the file has no other
 * descriptor.
 */
static void compare_block(struct unraced_call *call, const struct connecting *connecting)
{
	struct unraced_record *record = &call->record;
	bool copies = record->mitigation == UNRACED_MITIGATION_KERNEL, named;

	if (!call->how_pointer || record->how_provenance != UNRACED_PROVENANCE_ENTER || (!copies && !call->integrity))
		return;
	named = names_file(record->connect.fd, connecting);
	if (!named || record->connect.addrlen != connecting->length)
		record->how_integrity = UNRACED_INTEGRITY_CHANGED;
	/*
	 * Since the kernel read the block, another thread with the same descriptors could have moved the file to this
	 * descriptor.
	 */
	if (!copies || !named || !connecting->alone || unraced_descriptors_shared())
		return;
	record->how_provenance = UNRACED_PROVENANCE_KERNEL;
	record->connect.addrlen = connecting->length;
	if (record->how_integrity == UNRACED_INTEGRITY_UNCHECKED)
		record->how_integrity = UNRACED_INTEGRITY_MATCH;
}

/* Nearly every copy equals the snapshot, so the entry is marked in place and stays in the stash. */
static bool confirm_address(void *entry, const void *with)
{
	const struct connecting *connecting = with;
	struct unraced_call *call = entry;

	if (call->how_pointer)
		return false;
	if (call->record.mitigation == UNRACED_MITIGATION_KERNEL)
		return unraced_call_confirm_address(call, connecting->address, connecting->length);
	unraced_call_compare_address(call, connecting->address, connecting->length);
	return true;
}

static void take_copy(struct unraced_capture *capture, const struct unraced_arguments *arguments,
		      const struct connecting *connecting)
{
	struct unraced_area *area = unraced_area(capture);

	if (connecting->length < 0 || connecting->length > UNRACED_ADDRESS_MAX ||
	    unraced_touch_entry(capture, arguments, confirm_address, connecting) || !unraced_begin_copy(capture, area, arguments))
		return;
	compare_block(&area->call, connecting);
	if (unraced_wants_copy(&area->call))
		unraced_call_adopt(&area->call, connecting->address, connecting->length);
	else
		unraced_call_compare_address(&area->call, connecting->address, connecting->length);
	unraced_put(capture, area);
}

static int on_connect(struct kprobe *kprobe, struct pt_regs *regs)
{
	struct unraced_capture *capture = container_of(kprobe, struct unraced_probe, kprobe)->capture;
	struct connecting connecting = {
		.file = (struct file *)regs_get_kernel_argument(regs, 0),
		.address = (const void *)regs_get_kernel_argument(regs, 1),
		.length = (s32)regs_get_kernel_argument(regs, 2),
		.request = unraced_requests_issued(capture),
	};
	struct socket *socket = sock_from_file(connecting.file);
	struct unraced_arguments arguments UNRACED_FILLED_LATER;

	connecting.sk = socket ? READ_ONCE(socket->sk) : NULL;
	if (connecting.sk) {
		connecting.alone = is_alone(&connecting);
		begin_act(capture, &connecting);
	}
	if (connecting.request)
		unraced_requests_address(capture, connecting.request, connecting.address, connecting.length);
	else if (unraced_current_call(capture, &arguments) && arguments.syscall == UNRACED_CONNECT)
		take_copy(capture, &arguments, &connecting);
	return 0;
}

static bool begin_unseen(const struct unraced_edit *found, void *with)
{
	struct socket_acts *acts = found->entry;

	acts->latest = *(const u64 *)with;
	return found->known;
}

/* A sendmsg(2) with MSG_FASTOPEN connects its socket, too. It has no event, but overlaps other acts of the socket. */
static int on_send(struct kprobe *kprobe, struct pt_regs *regs)
{
	struct unraced_capture *capture = container_of(kprobe, struct unraced_probe, kprobe)->capture;
	const struct socket *socket = (const struct socket *)regs_get_kernel_argument(regs, 0);
	bool sends = (u32)regs_get_kernel_argument(regs, 4);
	u64 number;

	if (!sends)
		return 0;
	number = atomic64_inc_return(&capture->acts_begun);
	unraced_stash_edit(capture->sockets, (unsigned long)socket->sk, 0, 0, false, begin_unseen, &number);
	return 0;
}

bool unraced_connects_can_probe(void)
{
	return unraced_can_probe(CONNECT_FILE, on_connect);
}

/* A small configured stash must not cause SOCKET_SHARED. */
static struct unraced_stash *new_table(const struct unraced_capture *capture, u32 bytes)
{
	return unraced_capture_new_table(max(capture->config.stash_entries, LEAST_ENTRIES), bytes, false);
}

static void start_connect_probe(struct unraced_capture *capture, struct unraced_probe *probe, const char *symbol,
				kprobe_pre_handler_t handler)
{
	probe->capture = capture;
	probe->kprobe.symbol_name = symbol;
	probe->kprobe.pre_handler = handler;
	probe->registered = !register_kprobe(&probe->kprobe);
}

static void stop_connect_probe(struct unraced_probe *probe)
{
	if (probe->registered)
		unregister_kprobe(&probe->kprobe);
	probe->registered = false;
}

int unraced_connects_start(struct unraced_capture *capture)
{

	capture->sockets = new_table(capture, sizeof(struct socket_acts));
	capture->acts = new_table(capture, sizeof(struct unraced_act));
	if (!capture->sockets || !capture->acts)
		return -ENOMEM;
	if (!(capture->config.syscalls & (1u << UNRACED_CONNECT)))
		return 0;
	/* Without this probe, overlaps of connects are unknown, and each connect event says so. */
	start_connect_probe(capture, &capture->connect_probe, CONNECT_FILE, on_connect);
	start_connect_probe(capture, &capture->send_probe, "__inet_stream_connect", on_send);
	return 0;
}

void unraced_connects_stop(struct unraced_capture *capture)
{
	stop_connect_probe(&capture->connect_probe);
	stop_connect_probe(&capture->send_probe);
}
