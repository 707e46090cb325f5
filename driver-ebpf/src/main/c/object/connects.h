/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file finds out whether another connect of the same socket overlapped a call's own (R2.43). Processes share
 * sockets by fork, SCM_RIGHTS and pidfd_getfd(2), each with its own descriptor table, so the peer at the return alone
 * proves nothing.
 *
 * Every connect of any process and interface counts twice: at its beginning and at its observed end. It counts for the
 * connects of the same socket that are under way (object/socket_acts.h). The counters have 64 bits: a call can wait for
 * hours, in which another process makes as many connects as 32 bits can count.
 *
 * A connect that the counters miss began before the call's entry and ends after its check. Another descriptor table or
 * a request then holds the socket at both moments, and the file's reference count shows it. sendto(2) with MSG_FASTOPEN
 * connects without a connect, so every TCP attempt counts, too (object/tcp_attempts.h).
 *
 * Nobody else holds the socket of a caller that shares it with nobody, but by pidfd_getfd(2), which takes it in
 * mid-call. That call counts, too, as a connect of the socket that was taken. Its taker can pass it on to other users,
 * bind it, or have it connected by ways that no program sees.
 */
#ifndef UNRACED_OBJECT_CONNECTS_H
#define UNRACED_OBJECT_CONNECTS_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/address.h"
#include "lib/control.h"
#include "lib/core_access.h"
#include "lib/maps.h"
#include "object/descriptor.h"
#include "object/resolved.h"
#include "object/socket_acts.h"

/* The connects whose socket is unknown, by users: unknown_sockets(). */
#define USER_COUNTERS 16384

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, USER_COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} unknown_connects SEC(".maps");

/* The takings under way (taking_begins()), by users as unknown_sockets() tells them apart. */
#define TAKING_COUNTERS 4096

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, TAKING_COUNTERS);
	__type(key, __u32);
	__type(value, __u32);
} takings SEC(".maps");

/* The counters of those threads that are in a taking. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u32);
} takers SEC(".maps");

static __always_inline __u32 user_index(__u64 of)
{
	return (of * 0x9e3779b97f4a7c15ull) >> 50;
}

/* Counts a connect of an unknown socket, and returns the counter's new value. */
static __always_inline __u64 count_unknown(__u32 at)
{
	__u64 *counter = bpf_map_lookup_elem(&unknown_connects, &at);

	return counter ? __sync_fetch_and_add(counter, CONNECT_WEIGHT) + CONNECT_WEIGHT : 0;
}

static __always_inline __u64 unknown_so_far(__u32 at)
{
	__u64 *counter = bpf_map_lookup_elem(&unknown_connects, &at);

	return counter ? *(volatile __u64 *)counter : 0;
}

/* No user namespace is deeper: create_user_ns() of kernel/user_namespace.c. */
#define USER_NAMESPACES 32

/*
 * Connects whose socket is unknown have a counter for each user: those by socketcall(2), whose descriptor lies in
 * memory, and requests on registered files. pidfd_getfd(2) takes sockets of the same user, and in a user namespace its
 * root takes those of all its users. So a process in a user namespace counts for the outermost namespace's owner; if
 * that is root, for the namespace.
 */
static __always_inline __u32 unknown_sockets(struct task_struct *task)
{
	struct cred *cred = KREAD_TRUSTED(task, cred);
	struct user_namespace *ns = KREAD(cred, user_ns);
	__u32 owner = KREAD(cred, uid.val);

	if (KREAD(ns, level)) {
		for (int step = 0; step < USER_NAMESPACES && KREAD(ns, level) > 1; step++)
			ns = KREAD(ns, parent);
		owner = KREAD(ns, owner.val);
		if (!owner)
			return user_index(KREAD(ns, ns.inum) | 2ull << 32);
	}
	return user_index(owner | 1ull << 32);
}

/* Tells whether the file has more references than this. */
static __always_inline bool is_held_by_more(struct file *file, __s64 than)
{
	if (bpf_core_field_exists(file->f_ref))
		return KREAD(file, f_ref.refcnt.counter) + 1 > than;
	return KREAD((struct file___counted *)file, f_count.counter) > than;
}

/*
 * Returns a number that identifies the socket's peer, 0 if a UNIX socket has none. Only a connect changes it to another
 * number but 0: the device that the socket is bound to is no part of it, and a socket that setsockopt(2) turns from
 * IPv6 into IPv4 (IPV6_ADDRFORM) keeps its number.
 */
static __always_inline __u64 peer_of(struct sock *sk)
{
	__u16 family = KREAD(sk, __sk_common.skc_family);

	if (family == UNRACED_AF_INET || family == UNRACED_AF_INET6) {
		struct in6_addr peer = {};
		__u64 *halves = (void *)&peer;

		if (family == UNRACED_AF_INET6)
			peer = KREAD(sk, __sk_common.skc_v6_daddr);
		else
			halves[1] = (__u64)KREAD(sk, __sk_common.skc_daddr) << 32 | UNRACED_MAPPED_PREFIX;
		return ((halves[0] * 0x9e3779b97f4a7c15ull ^ halves[1]) * 0x9e3779b97f4a7c15ull) ^
		       KREAD(sk, __sk_common.skc_dport);
	}
	if (family == UNRACED_AF_UNIX)
		return KREAD_NUMBER((struct unix_sock *)sk, peer);
	if (family == UNRACED_AF_NETLINK)
		return (__u64)KREAD((struct netlink_sock *)sk, dst_portid) << 32 |
		       KREAD((struct netlink_sock *)sk, dst_group);
	return 0;
}

static __always_inline bool is_fresh(struct socket *socket, struct sock *sk)
{
	return KREAD(sk, __sk_common.skc_state) == TCP_CLOSE && KREAD(socket, state) == SS_UNCONNECTED;
}

/*
 * Returns an enum unraced_heed for a connect that begins now, of a struct socket. The kernel verifies this function
 * once.
 */
__noinline int heed_of_socket(__u64 address)
{
	struct socket *socket = (struct socket *)address;
	struct sock *sk = KREAD(socket, sk);

	return unraced_heed(KREAD(sk, __sk_common.skc_family), KREAD(socket, type), is_fresh(socket, sk));
}

/* The file can be a typed pointer, from a function's hook, and the verifier lets none be passed as a number. */
static __always_inline int heed_of(struct file *file)
{
	return heed_of_socket(KREAD_NUMBER(file, private_data));
}

static __always_inline __u32 *takings_by(__u32 unknown_at)
{
	__u32 at = unknown_at / (USER_COUNTERS / TAKING_COUNTERS);

	return bpf_map_lookup_elem(&takings, &at);
}

/* Tells whether somebody may be taking sockets of this user, and use one before anything shows it. */
static __always_inline bool is_being_taken(__u32 unknown_at)
{
	__u32 *count = takings_by(unknown_at);

	return !count || *(volatile __u32 *)count;
}

/* Sockets of other families and of other types can have the protocol number, too. */
static __always_inline bool is_tcp_socket(struct file *file, struct sock *sk)
{
	struct socket *socket = KREAD(file, private_data);
	__u16 family = KREAD(sk, __sk_common.skc_family);

	return (family == UNRACED_AF_INET || family == UNRACED_AF_INET6) &&
	       KREAD(socket, type) == UNRACED_SOCK_STREAM && KREAD(sk, sk_protocol) == UNRACED_IPPROTO_TCP;
}

/*
 * Counts the beginning of a connect, and stores what its end must compare. "known" tells whether call->fd is the
 * descriptor.
 */
static __always_inline void connect_begins(struct call *call, struct unraced_control *shared, struct task_struct *task,
					   bool known, bool is_request)
{
	struct connecting *to = &call->connecting;
	__u32 ignored = 0;
	struct file *file;
	struct sock *sk;

	to->sock = 0;
	to->device = 0;
	to->shared = 0;
	to->not_unix = 0;
	to->family = 0;
	call->heed = UNRACED_HEED_UNKNOWN;
	file = known ? file_of(task, call->fd, &ignored) : 0;
	sk = file ? sock_of(file) : 0;
	to->unknown_at = unknown_sockets(task);
	to->unknown = call->indirect || !sk ? count_unknown(to->unknown_at) : unknown_so_far(to->unknown_at);
	if (!sk)
		return;
	to->sock = (__u64)sk;
	to->count = acts_begin(shared, (__u64)sk, call->enter_ns, is_request);
	/* A holder from before counts no more, and is seen here. Of TCP each attempt counts, whoever makes it. */
	to->shared = is_held_by_more(file, 1) || is_being_taken(to->unknown_at) ||
		     (shared->blind && !is_tcp_socket(file, sk));
	to->device = KREAD(sk, __sk_common.skc_bound_dev_if);
	to->family = KREAD(sk, __sk_common.skc_family);
	to->peer = peer_of(sk);
	/* A connect that ends before this look shows in the socket's state, and one that ends later counts. */
	call->heed = heed_of(file);
}

/*
 * Counts a connect for the socket that the block of socketcall(2) names now. At the entry the block may have been
 * unreadable, or have named another one.
 */
static __always_inline void count_named_by_block(struct task_struct *task, __u64 block)
{
	__u32 ignored = 0;
	struct file *file;
	struct sock *sk;
	__s32 fd;

	if (bpf_probe_read_user(&fd, sizeof(fd), (void *)block))
		return;
	file = file_of(task, fd, &ignored);
	sk = file ? sock_of(file) : 0;
	if (sk)
		count_acts((__u64)sk, CONNECT_WEIGHT);
}

/*
 * Tells whether this may be the socket that the descriptor led to at the entry. Its memory can serve a socket of
 * another family or type by now. A socket that looked at each address then still does.
 */
static __always_inline bool is_socket_of_entry(const struct call *call, struct file *file, struct sock *sk)
{
	return (__u64)sk == call->connecting.sock && KREAD(sk, __sk_common.skc_family) == call->connecting.family &&
	       (call->heed != UNRACED_HEEDS || heed_of(file) == UNRACED_HEEDS);
}

/*
 * Returns an enum unraced_heed for a call that acts on this file, which can be null. The counts since its entry are
 * those of the socket that the descriptor led to then.
 */
static __always_inline __u8 heed_since_entry(const struct call *call, struct file *file)
{
	struct sock *sk = file ? sock_of(file) : 0;

	return sk ? unraced_heed_of(heed_of(file), is_socket_of_entry(call, file, sk)) : UNRACED_HEED_OF_ANOTHER;
}

/* Counts the end of a connect, after its socket was read. */
static __always_inline void connect_ends(const struct call *call, struct task_struct *task)
{
	if (call->connecting.sock)
		count_acts(call->connecting.sock, CONNECT_WEIGHT);
	if (!call->connecting.sock || call->indirect)
		count_unknown(call->connecting.unknown_at);
	if (call->indirect)
		count_named_by_block(task, call->indirect == BLOCK_READ ? call->connecting.block : call->pointer);
}

/* Counts a connect that a filter drops, or that has no entry. */
static __always_inline void connect_passes_by(struct task_struct *task, __s32 fd, bool indirect)
{
	__u32 ignored = 0;
	struct file *file = indirect ? 0 : file_of(task, fd, &ignored);
	struct sock *sk = file ? sock_of(file) : 0;

	if (sk)
		count_acts((__u64)sk, CONNECT_WEIGHT);
	else
		count_unknown(unknown_sockets(task));
}

/* Ends the taking of a thread, if it is in one. */
static __always_inline void end_taking(__u32 tid)
{
	__u32 *at = bpf_map_lookup_elem(&takers, &tid), *count = at ? takings_by(*at) : 0;

	if (count)
		__sync_fetch_and_add(count, -1);
	if (at)
		bpf_map_delete_elem(&takers, &tid);
}

/*
 * Counts a pidfd_getfd(2) that begins. Another thread of the taker can use the new descriptor, and close it, before the
 * call returns. Which socket it will be is not known yet. If too many threads take at once, the user's count stays.
 */
static __always_inline void taking_begins(struct task_struct *task)
{
	__u32 tid = task->pid, at, *count;

	if (!fd_table_is_shared(task))
		return;
	end_taking(tid);
	at = unknown_sockets(task);
	/* A connect that does not see the taking sees a later count (connect_begins()). */
	count = takings_by(at);
	if (count)
		__sync_fetch_and_add(count, 1);
	bpf_map_update_elem(&takers, &tid, &at, BPF_ANY);
	count_unknown(at);
}

/* Counts a pidfd_getfd(2) that returned this descriptor. */
static __always_inline void taking_returns(struct task_struct *task, long descriptor)
{
	__u32 shared = 0;
	struct file *file;
	struct sock *sk;

	if (descriptor < 0)
		return;
	file = file_of(task, descriptor, &shared);
	sk = file ? sock_of(file) : 0;
	if (sk)
		count_acts((__u64)sk, CONNECT_WEIGHT);
	if (shared)
		count_unknown(unknown_sockets(task));
}

/* Ends a taking after its socket has counted, so that a connect that begins meanwhile sees one of the two. */
static __always_inline void taking_ends(struct task_struct *task, long descriptor)
{
	taking_returns(task, descriptor);
	end_taking(task->pid);
}

/* Counts the end of a connect request, whose file identifies its socket beyond doubt. */
static __always_inline void request_connect_ends(__u64 file)
{
	struct sock *sk = file ? sock_of((struct file *)file) : 0;

	if (sk)
		count_acts((__u64)sk, CONNECT_WEIGHT);
}

/*
 * Tells whether another connect may have overlapped this one: its socket was unknown or had another holder at the
 * entry, has another family now (IPV6_ADDRFORM of setsockopt(2)), or counted more attempts than the call's own since
 * the entry, or a connect of an unknown socket by the same user counted.
 */
static __always_inline bool connect_was_overlapped(const struct call *call, bool is_request, __u16 family,
						   __u32 attempts)
{
	const struct connecting *from = &call->connecting;

	return !from->sock || from->shared || from->family != family ||
	       have_acted(call, is_request, attempts) || unknown_so_far(from->unknown_at) != from->unknown;
}

#endif
