/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file describes the file or the socket that a call reached, from the kernel's own structures.
 */
#ifndef UNRACED_OBJECT_H
#define UNRACED_OBJECT_H

#include "unraced/address.h"
#include "unraced/base.h"
#include "unraced/kernel.h"
#include "unraced/record.h"

/*
 * Returns the place for so many further bytes of a record, padded with zeros, and sets their slice.
 * Each driver has its own kind of record under construction.
 */
typedef void *unraced_append(void *builder, struct unraced_slice *slice, __u32 length);

/* Returns the number of an inode, and its device as the kernel has it. */
UNRACED_INLINE __u64 unraced_number_inode(struct inode *inode, __u32 *device)
{
	struct super_block *super = KREAD(inode, i_sb);

	*device = KREAD(super, s_dev);
	return KREAD(inode, i_ino);
}

/* Tells inode number and device of a file (R2.20). */
UNRACED_INLINE void unraced_identify_file(struct file *file, __u64 *number, __u32 *major,
					  __u32 *minor)
{
	__u32 device;

	*number = unraced_number_inode(KREAD(file, f_inode), &device);
	/* The kernel's dev_t: MINORBITS of include/linux/kdev_t.h. */
	*major = device >> 20;
	*minor = device & 0xfffff;
}

/* Describes a file except for its path. */
UNRACED_INLINE void unraced_describe_inode(struct unraced_record *record, struct file *file)
{
	unraced_identify_file(file, &record->open.inode, &record->open.device_major,
			      &record->open.device_minor);
	record->flags |= UNRACED_HAS_FILE;
	/*
	 * The kernel does not set FMODE_CREATED for a file without a name, which only its own open
	 * can have made (R2.22).
	 */
	if ((KREAD(file, f_mode) & FMODE_CREATED) || (KREAD(file, f_flags) & __O_TMPFILE))
		record->flags |= UNRACED_CREATED;
}

/*
 * Returns whether another task that shares the table put this file behind the descriptor: the call
 * asked for another access mode, or could not have created the file. fcntl(2) changes neither. The
 * flags that the call asked for must be the kernel's own.
 */
UNRACED_INLINE bool unraced_is_replaced(const struct unraced_record *record, struct file *file,
					__u64 asked)
{
	__u32 flags = KREAD(file, f_flags);

	if (!(record->flags & UNRACED_FD_TABLE_SHARED) ||
	    record->how_provenance != UNRACED_PROVENANCE_KERNEL)
		return 0;
	if (asked & O_PATH)
		return !(flags & O_PATH);
	return ((flags ^ asked) & (O_ACCMODE | O_PATH)) ||
	       ((KREAD(file, f_mode) & FMODE_CREATED) && !(asked & O_CREAT));
}

UNRACED_INLINE void unraced_append_in(unraced_append *append, void *builder,
				      struct unraced_slice *slice, __be16 port, __be32 address)
{
	struct unraced_in *to = append(builder, slice, sizeof(*to));

	to->family = UNRACED_AF_INET;
	to->port = port;
	to->address = address;
	to->zero = 0;
}

UNRACED_INLINE void unraced_append_in6(unraced_append *append, void *builder,
				       struct unraced_slice *slice, __be16 port,
				       struct in6_addr address, int device)
{
	struct unraced_in6 *to = append(builder, slice, sizeof(*to));

	to->family = UNRACED_AF_INET6;
	to->port = port;
	to->flow = 0;
	__builtin_memcpy(to->address, &address, sizeof(to->address));
	to->scope = unraced_needs_scope((const __u8 *)&address) ? device : 0;
}

/*
 * Returns whether an MPTCP socket in TCP_CLOSE has been disconnected. One whose attempt was refused
 * stays in SS_CONNECTING, until a call fetches the error (__inet_stream_connect() of
 * net/ipv4/af_inet.c).
 */
UNRACED_INLINE bool unraced_is_unconnected(struct sock *sk)
{
	struct socket *socket = KREAD(sk, sk_socket);

	return !socket || KREAD(socket, state) == SS_UNCONNECTED;
}

/*
 * A connection has a peer, whose port may be 0. A disconnected socket keeps a part of its peer's
 * address, and which part depends on its protocol: tcp_disconnect() of net/ipv4/tcp.c,
 * __udp_disconnect() of net/ipv4/udp.c, mptcp_disconnect() of net/mptcp/protocol.c.
 */
UNRACED_INLINE bool unraced_has_internet_peer(struct sock *sk, __u16 type, __be16 port)
{
	__u8 state = KREAD(sk, __sk_common.skc_state);

	if (type == SOCK_DGRAM || type == UNRACED_SOCK_RAW)
		return state == TCP_ESTABLISHED;
	if (state != TCP_CLOSE && state != TCP_LISTEN)
		return 1;
	if (KREAD(sk, sk_protocol) == UNRACED_IPPROTO_MPTCP && state == TCP_CLOSE)
		return port && !unraced_is_unconnected(sk);
	return port != 0;
}

/*
 * Returns whether a connect found a connection or an attempt that has ended since, such as by the
 * peer's reset. The socket keeps the peer's address, but getpeername(2) tells it no more.
 */
UNRACED_INLINE bool unraced_peer_is_gone(struct sock *sk, __s64 result)
{
	__u16 family = KREAD(sk, __sk_common.skc_family);

	return (result == -EISCONN || result == -EALREADY) &&
	       (family == UNRACED_AF_INET || family == UNRACED_AF_INET6) &&
	       KREAD(sk, __sk_common.skc_state) == TCP_CLOSE;
}

/*
 * Returns whether a process that gets a TCP socket after its connect can bind it: only one that was
 * disconnected, or whose attempt has ended since.
 */
UNRACED_INLINE bool unraced_can_be_bound(struct sock *sk)
{
	__u8 state = KREAD(sk, __sk_common.skc_state);

	return state == TCP_CLOSE || state == TCP_LISTEN;
}

/*
 * Returns whether the socket of a request may have changed between act and look. "followed" means
 * that the kernel may have done more before it told of the end. A process that gets the socket
 * meanwhile can bind it, or connect it by a request that asks for no completion, of which no
 * tracepoint tells (R2.42). TCP binds a socket before it connects, and each of its attempts is seen.
 * The addresses have been read before.
 */
UNRACED_INLINE bool unraced_is_seen_late(const struct unraced_connect *to, struct sock *sk,
					 bool followed)
{
	return followed && (!unraced_is_tcp(to) || unraced_can_be_bound(sk));
}

/*
 * Returns whether somebody else than the call ended the association of a datagram or raw socket.
 * SOCK_DESTROY of sock_diag(7) leaves an error, which connecting to AF_UNSPEC does not: udp_abort() of
 * net/ipv4/udp.c, raw_abort() of net/ipv4/raw.c.
 */
UNRACED_INLINE bool unraced_was_destroyed(const struct unraced_connect *to, struct sock *sk)
{
	return !to->remote.length && (to->type == SOCK_DGRAM || to->type == UNRACED_SOCK_RAW) &&
	       (to->family == UNRACED_AF_INET || to->family == UNRACED_AF_INET6) &&
	       KREAD(sk, sk_err);
}

/*
 * Returns whether the addresses that were read may be another's than the call's, however often the
 * socket was connected: it has no peer any more, or one that came by no connect (R2.43).
 */
UNRACED_INLINE bool unraced_peer_is_doubtful(const struct unraced_connect *to,
					     const __u8 *requested, struct sock *sk, __s64 result)
{
	return unraced_has_lost_peer(to, requested, result) || unraced_was_destroyed(to, sk) ||
	       unraced_has_other_connects(to) || unraced_peer_is_gone(sk, result);
}

/*
 * Appends both ends of a socket of AF_INET or AF_INET6 (R2.30, R2.32). The local port comes
 * from inet_sport, as for getsockname(2): the kernel clears skc_num when a peer resets the
 * connection (inet_put_port() of net/ipv4/inet_hashtables.c; R2.49).
 */
UNRACED_INLINE void unraced_append_internet(unraced_append *append, void *builder,
					    struct unraced_connect *to, struct sock *sk)
{
	__be16 port = KREAD(sk, __sk_common.skc_dport);

	if (!unraced_tells_addresses(to))
		return;
	if (to->family == UNRACED_AF_INET) {
		__be32 peer = KREAD(sk, __sk_common.skc_daddr);

		unraced_append_in(append, builder, &to->local,
				  KREAD((struct inet_sock *)sk, inet_sport),
				  KREAD(sk, __sk_common.skc_rcv_saddr));
		if (unraced_has_internet_peer(sk, to->type, port))
			unraced_append_in(append, builder, &to->remote, port, peer);
		return;
	}
#ifdef UNRACED_HAS_IPV6
	if (to->family == UNRACED_AF_INET6) {
		int device = KREAD(sk, __sk_common.skc_bound_dev_if);
		struct in6_addr peer = KREAD(sk, __sk_common.skc_v6_daddr);

		unraced_append_in6(append, builder, &to->local,
				   KREAD((struct inet_sock *)sk, inet_sport),
				   KREAD(sk, __sk_common.skc_v6_rcv_saddr), device);
		if (unraced_has_internet_peer(sk, to->type, port))
			unraced_append_in6(append, builder, &to->remote, port, peer, device);
	}
#endif
}

/*
 * Returns whether the local address or the peer's needs a scope. The socket's device stands for it,
 * but whoever gets at the socket can bind it to another device meanwhile (SO_BINDTOIFINDEX), which
 * is no connect and counts nowhere.
 */
UNRACED_INLINE bool unraced_is_scoped(struct sock *sk)
{
#ifdef UNRACED_HAS_IPV6
	struct in6_addr peer, local;

	if (KREAD(sk, __sk_common.skc_family) != UNRACED_AF_INET6)
		return 0;
	peer = KREAD(sk, __sk_common.skc_v6_daddr);
	local = KREAD(sk, __sk_common.skc_v6_rcv_saddr);
	return unraced_needs_scope((const __u8 *)&peer) ||
	       unraced_needs_scope((const __u8 *)&local);
#else
	return 0;
#endif
}

#endif
