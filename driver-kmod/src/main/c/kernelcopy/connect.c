// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes the kernel's own copy of a connect's address at __sys_connect_file() of net/socket.c, where
 * every connect begins.
 */
#include <linux/file.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <net/sock.h>

#include "call/entry.h"
#include "iouring/connect.h"
#include "kernelcopy/connect.h"
#include "kernelcopy/merge.h"
#include "object/connects.h"
#include "object/descriptor.h"

#define CONNECT_FILE "__sys_connect_file"

/* One run of __sys_connect_file(). */
struct connecting {
	struct file *file;
	const void *address; /* the kernel's copy */
	s32 length;
	const void *request; /* the request of an io_uring; null for a system call */
	struct socket *socket; /* null if it is none, or has no struct sock */
	bool alone;
};

/*
 * A file without another holder has one reference for its descriptor, and one that the call or the request took. A
 * system call takes none while its descriptors are not shared (__fdget()).
 */
static bool is_alone(const struct connecting *connecting)
{
	long own = connecting->request ? unraced_request_references(connecting->request) :
					 1 + unraced_fd_table_is_shared();

	return file_count(connecting->file) <= own;
}

static void begin_act(struct unraced_capture *capture, const struct connecting *connecting)
{
	if (connecting->request)
		unraced_act_begin(capture, connecting->socket, (unsigned long)connecting->request, 0,
				  true, connecting->alone);
	else
		unraced_act_begin(capture, connecting->socket, current->pid, current->start_boottime,
				  false, connecting->alone);
}

/* Returns whether the block's descriptor, as read at entry, leads to the file that the kernel took. */
static bool names_file(s32 descriptor, const struct connecting *connecting)
{
	bool shared = unraced_fd_table_is_shared(), same;
	struct file *file = unraced_file_of(descriptor, shared);

	same = file == connecting->file;
	if (file)
		unraced_put_file(file, shared);
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
	bool copies = record->mitigation == UNRACED_MITIGATION_KERNEL, shared, named;

	if (!call->block_pointer || record->how_provenance != UNRACED_PROVENANCE_ENTER || (!copies && !call->integrity))
		return;
	/*
	 * Another thread with the same descriptors could have put another file behind the block's descriptor since the
	 * kernel looked it up, or this file behind another one.
	 */
	shared = (record->flags & UNRACED_FD_TABLE_SHARED) || unraced_fd_table_is_shared();
	named = names_file(record->connect.fd, connecting);
	if ((!named && !shared) || record->connect.addrlen != connecting->length)
		record->how_integrity = UNRACED_INTEGRITY_CHANGED;
	if (!copies || !named || !connecting->alone || shared)
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

	if (call->block_pointer)
		return false;
	if (call->record.mitigation == UNRACED_MITIGATION_KERNEL)
		return unraced_call_confirm_address(call, connecting->address, connecting->length);
	unraced_call_compare_address(call, connecting->address, connecting->length);
	return true;
}

static void take_copy(struct unraced_capture *capture, const struct unraced_arguments *arguments,
		      const struct connecting *connecting)
{
	struct unraced_scratch *scratch = unraced_scratch(capture);

	if (connecting->length < 0 || connecting->length > UNRACED_ADDRESS_MAX ||
	    unraced_entry_touch(capture, arguments, confirm_address, connecting) ||
	    !unraced_begin_copy(capture, scratch, arguments))
		return;
	compare_block(&scratch->call, connecting);
	if (unraced_wants_copy(&scratch->call))
		unraced_replace_by_copy(&scratch->call, connecting->address, connecting->length);
	else
		unraced_call_compare_address(&scratch->call, connecting->address, connecting->length);
	unraced_entry_put(capture, scratch);
}

static int on_connect(struct kprobe *kprobe, struct pt_regs *regs)
{
	struct unraced_capture *capture = container_of(kprobe, struct unraced_probe, kprobe)->capture;
	struct connecting connecting = {
		.file = (struct file *)regs_get_kernel_argument(regs, 0),
		.address = (const void *)regs_get_kernel_argument(regs, 1),
		.length = (s32)regs_get_kernel_argument(regs, 2),
		.request = unraced_issued_request(capture),
	};
	struct socket *socket = sock_from_file(connecting.file);
	struct unraced_arguments arguments UNRACED_FILLED_LATER;

	connecting.socket = socket && READ_ONCE(socket->sk) ? socket : NULL;
	if (connecting.socket) {
		connecting.alone = is_alone(&connecting);
		begin_act(capture, &connecting);
	}
	if (connecting.request)
		unraced_request_address(capture, connecting.request, connecting.address, connecting.length);
	else if (unraced_current_call(capture, &arguments) && arguments.syscall == UNRACED_CONNECT)
		take_copy(capture, &arguments, &connecting);
	return 0;
}

/* A sendmsg(2) with MSG_FASTOPEN connects its socket, too. It has no event, but overlaps other acts of the socket. */
static int on_send(struct kprobe *kprobe, struct pt_regs *regs)
{
	struct unraced_capture *capture = container_of(kprobe, struct unraced_probe, kprobe)->capture;
	const struct socket *socket = (const struct socket *)regs_get_kernel_argument(regs, 0);
	bool sends = (u32)regs_get_kernel_argument(regs, 4);

	if (sends)
		unraced_act_unseen(capture, socket->sk);
	return 0;
}

/*
 * The event of a connect has the socket's local address, too, which another holder can set meanwhile. So each bind of a
 * socket that has acts under way overlaps them.
 */
static int on_bind(struct kprobe *kprobe, struct pt_regs *regs)
{
	struct unraced_capture *capture = container_of(kprobe, struct unraced_probe, kprobe)->capture;
	const struct socket *socket = (const struct socket *)regs_get_kernel_argument(regs, 0);

	if (socket->sk)
		unraced_act_unseen(capture, socket->sk);
	return 0;
}

/*
 * A process that receives a socket in mid-call, by pidfd_getfd(2) or SCM_RIGHTS, can change it by what is no act, and
 * close its descriptor before the event looks: a send can name a UNIX socket. The kernel runs this before it installs
 * the descriptor (receive_fd() of fs/file.c).
 */
static int on_receive(struct kprobe *kprobe, struct pt_regs *regs)
{
	struct unraced_capture *capture = container_of(kprobe, struct unraced_probe, kprobe)->capture;
	struct socket *socket = sock_from_file((struct file *)regs_get_kernel_argument(regs, 0));

	if (socket && socket->sk)
		unraced_act_unseen(capture, socket->sk);
	return 0;
}

bool unraced_connects_can_probe(void)
{
	return unraced_can_probe(CONNECT_FILE, on_connect);
}

static int start_connects(struct unraced_capture *capture)
{
	int error = unraced_acts_allocate(capture);

	if (error || !unraced_is_watched(capture, UNRACED_CONNECT))
		return error;
	/* Without this probe, overlaps of connects are unknown, and each connect event says so. */
	unraced_probe_attach(&capture->connect_probe, capture, CONNECT_FILE, on_connect);
	unraced_probe_attach(&capture->send_probe, capture, "__inet_stream_connect", on_send);
	unraced_probe_attach(&capture->bind_probe, capture, "security_socket_bind", on_bind);
	unraced_probe_attach(&capture->receive_probe, capture, "security_file_receive", on_receive);
	return 0;
}

static void stop_connects(struct unraced_capture *capture)
{
	unraced_probe_detach(&capture->connect_probe);
	unraced_probe_detach(&capture->send_probe);
	unraced_probe_detach(&capture->bind_probe);
	unraced_probe_detach(&capture->receive_probe);
}

const struct unraced_hook unraced_connect_hook = {
	.start = start_connects,
	.stop = stop_connects,
};
