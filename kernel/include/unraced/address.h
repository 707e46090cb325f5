/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file has the layouts of socket addresses, and judges whether a requested address is that of
 * the peer.
 */
#ifndef UNRACED_ADDRESS_H
#define UNRACED_ADDRESS_H

#include "unraced/base.h"
#include "unraced/compare.h"
#include "unraced/record.h"
#include "unraced/result.h"

/* include/linux/socket.h */
#define UNRACED_AF_UNSPEC 0
#define UNRACED_AF_UNIX 1
#define UNRACED_AF_INET 2
#define UNRACED_AF_INET6 10
#define UNRACED_AF_NETLINK 16
#define UNRACED_AF_VSOCK 40
#define UNRACED_IPPROTO_ICMP 1
#define UNRACED_IPPROTO_TCP 6
#define UNRACED_IPPROTO_UDP 17
#define UNRACED_IPPROTO_DCCP 33
#define UNRACED_IPPROTO_ICMPV6 58
#define UNRACED_IPPROTO_SCTP 132
#define UNRACED_IPPROTO_UDPLITE 136
#define UNRACED_IPPROTO_MPTCP 262
#define UNRACED_SOCK_STREAM 1
#define UNRACED_SOCK_DGRAM 2
#define UNRACED_SOCK_RAW 3

/* uapi/linux/in.h, in6.h and netlink.h */
struct unraced_in {
	__u16 family;
	__be16 port;
	__be32 address;
	__u64 zero;
};
struct unraced_in6 {
	__u16 family;
	__be16 port;
	__u32 flow;
	__u8 address[16];
	__u32 scope;
};
struct unraced_nl {
	__u16 family;
	__u16 pad;
	__u32 port;
	__u32 groups;
	__u32 behind; /* the rest of the slice's last word */
};

/* Returns whether an address is that of a UNIX socket in the file system: other names begin with NUL. */
UNRACED_INLINE bool unraced_is_path_address(const __u8 *address, __u32 length)
{
	return length > sizeof(__u16) && *(const __u16 *)address == UNRACED_AF_UNIX &&
	       address[sizeof(__u16)];
}

/* The bytes before the address of IPv4 in the second half of a mapped one: ::ffff:127.0.0.1 */
#define UNRACED_MAPPED_PREFIX 0xffff0000ull

/*
 * __ipv6_addr_needs_scope_id() of include/net/ipv6.h: fe80::/10, and multicast of the interface
 * (ff01) or the link (ff02). Without its scope such an address names no host (R2.44).
 */
UNRACED_INLINE bool unraced_needs_scope(const __u8 *address)
{
	if (address[0] == 0xfe)
		return (address[1] & 0xc0) == 0x80;
	return address[0] == 0xff && ((address[1] & 0xf) == 1 || (address[1] & 0xf) == 2);
}

UNRACED_INLINE __u8 unraced_match_or_differs(bool match)
{
	return match ? UNRACED_INTEGRITY_MATCH : UNRACED_INTEGRITY_DIFFERS;
}

/*
 * Judges the name of a Unix socket. An abstract name is unique; a name in the file tree can move to
 * another socket after its bind.
 */
UNRACED_INLINE __u8 unraced_judge_socket_name(struct unraced_comparison *to)
{
	bool is_abstract = to->length > sizeof(__u16) && !to->requested[sizeof(__u16)];

	to->at = sizeof(__u16);
	to->position = sizeof(__u16);
	if (is_abstract)
		return unraced_match_or_differs(to->length == to->end && unraced_same_bytes(to));
	return unraced_same_socket_name(to) ? UNRACED_INTEGRITY_UNCHECKED
					    : UNRACED_INTEGRITY_DIFFERS;
}

UNRACED_INLINE __u8 unraced_judge_in(const struct unraced_comparison *to)
{
	const struct unraced_in *requested = (const void *)to->requested,
				*peer = (const void *)to->other;

	if (to->length < __builtin_offsetof(struct unraced_in, zero))
		return UNRACED_INTEGRITY_UNCHECKED;
	return unraced_match_or_differs(requested->port == peer->port &&
					requested->address == peer->address);
}

/*
 * A link-local address means another host on each device. An address without a scope uses the
 * device that the socket was bound to before: __ip6_datagram_connect() of net/ipv6/datagram.c,
 * tcp_v6_connect() of net/ipv6/tcp_ipv6.c.
 */
UNRACED_INLINE __u8 unraced_judge_in6(const struct unraced_comparison *to, __u32 device)
{
	const struct unraced_in6 *requested = (const void *)to->requested,
				 *peer = (const void *)to->other;
	__u32 scope = 0;

	if (to->length < __builtin_offsetof(struct unraced_in6, scope))
		return UNRACED_INTEGRITY_UNCHECKED;
	if (requested->port != peer->port ||
	    unraced_word_at(requested->address) != unraced_word_at(peer->address) ||
	    unraced_word_at(requested->address + 8) != unraced_word_at(peer->address + 8))
		return UNRACED_INTEGRITY_DIFFERS;
	if (!unraced_needs_scope(peer->address))
		return UNRACED_INTEGRITY_MATCH;
	if (to->length >= sizeof(struct unraced_in6))
		scope = requested->scope;
	if (!scope)
		scope = device;
	if (!scope || !peer->scope)
		return UNRACED_INTEGRITY_UNCHECKED;
	return unraced_match_or_differs(scope == peer->scope);
}

/*
 * A datagram socket of IPv6 takes an address of IPv4, and getpeername(2) gives it as a mapped one.
 */
UNRACED_INLINE __u8 unraced_judge_mapped(const struct unraced_comparison *to)
{
	const struct unraced_in *requested = (const void *)to->requested;
	const struct unraced_in6 *peer = (const void *)to->other;

	if (to->length < __builtin_offsetof(struct unraced_in, zero))
		return UNRACED_INTEGRITY_UNCHECKED;
	return unraced_match_or_differs(
		requested->port == peer->port && !unraced_word_at(peer->address) &&
		unraced_word_at(peer->address + 8) ==
			((__u64)requested->address << 32 | UNRACED_MAPPED_PREFIX));
}

/*
 * The kernel connects to the lowest of the requested groups: netlink_connect() of
 * net/netlink/af_netlink.c.
 */
UNRACED_INLINE __u8 unraced_judge_nl(const struct unraced_comparison *to)
{
	const struct unraced_nl *requested = (const void *)to->requested,
				*peer = (const void *)to->other;

	if (to->length < __builtin_offsetof(struct unraced_nl, behind))
		return UNRACED_INTEGRITY_UNCHECKED;
	return unraced_match_or_differs(requested->port == peer->port &&
					(requested->groups & -requested->groups) == peer->groups);
}

/* Returns whether a requested address ends a connection. */
UNRACED_INLINE bool unraced_disconnects(const __u8 *requested)
{
	return requested[0] == UNRACED_AF_UNSPEC && !requested[1];
}

/*
 * Returns whether a requested address names no peer: AF_UNSPEC ends a connection, and no family has a
 * number above 255.
 */
UNRACED_INLINE bool unraced_names_no_peer(const __u8 *requested)
{
	return requested[1] || requested[0] == UNRACED_AF_UNSPEC;
}

/*
 * Returns whether a call that named no peer leaves this one. A netlink socket that has none is
 * connected to the kernel's port 0 (netlink_getname() of net/netlink/af_netlink.c).
 */
UNRACED_INLINE bool unraced_is_no_peer(const struct unraced_nl *peer)
{
	return peer->family == UNRACED_AF_NETLINK && !peer->port && !peer->groups;
}

/* Returns whether both addresses are long enough to have a family. */
UNRACED_INLINE bool unraced_have_families(__u32 length, __u32 peer_length)
{
	return length >= sizeof(__u16) && peer_length >= sizeof(__u16);
}

/*
 * Returns whether a socket of AF_INET or AF_INET6 keeps its addresses in its own struct sock. SMC
 * connects a second socket instead (smc_connect() of net/smc/af_smc.c), L2TP has more in its addresses
 * (struct sockaddr_l2tpip), and other families are unknown. Of none of these a record has an address (R2.30).
 */
UNRACED_INLINE bool unraced_tells_addresses(const struct unraced_connect *socket)
{
	switch (socket->protocol) {
	case UNRACED_IPPROTO_ICMP:
	case UNRACED_IPPROTO_TCP:
	case UNRACED_IPPROTO_UDP:
	case UNRACED_IPPROTO_DCCP:
	case UNRACED_IPPROTO_ICMPV6:
	case UNRACED_IPPROTO_SCTP:
	case UNRACED_IPPROTO_UDPLITE:
	case UNRACED_IPPROTO_MPTCP:
		return 1;
	}
	return socket->type == UNRACED_SOCK_RAW;
}

/*
 * Returns whether any holder of the socket can give it another peer by a call that is no connect:
 * SCTP_SOCKOPT_CONNECTX of setsockopt(2) (R2.43).
 */
UNRACED_INLINE bool unraced_has_other_connects(const struct unraced_connect *socket)
{
	return socket->protocol == UNRACED_IPPROTO_SCTP && socket->type != UNRACED_SOCK_RAW;
}

/* A raw socket can have the protocol, too. */
UNRACED_INLINE bool unraced_is_tcp(const struct unraced_connect *socket)
{
	return socket->protocol == UNRACED_IPPROTO_TCP && socket->type == UNRACED_SOCK_STREAM &&
	       (socket->family == UNRACED_AF_INET || socket->family == UNRACED_AF_INET6);
}

/*
 * Returns whether a socket has no peer after a connect that gave it one, because somebody else ended
 * the connection or the attempt: another holder of the socket by shutdown(2), disconnecting or
 * sending. Of other families, the peer is unknown. A call that disconnects returns 0, so of any other
 * result the requested family is a lie of its caller's.
 */
UNRACED_INLINE bool unraced_has_lost_peer(const struct unraced_connect *socket,
					  const __u8 *requested, __s64 result)
{
	__u32 length = socket->address.length;

	if (socket->remote.length)
		return 0;
	if (!result && length >= sizeof(__u16) && unraced_disconnects(requested))
		return 0;
	if (socket->family == UNRACED_AF_INET || socket->family == UNRACED_AF_INET6)
		return unraced_tells_addresses(socket);
	return socket->family == UNRACED_AF_UNIX || socket->family == UNRACED_AF_NETLINK;
}

/*
 * Judges a requested address by the address of the peer, which is the other side; returns an enum unraced_integrity
 * (R2.16). Both have a family, and begin at a multiple of eight bytes. The kernel took another address than one that
 * names no peer if there is one. A requested address without a scope names the device that the socket was bound to
 * before the call; device is 0 for an unbound socket.
 */
UNRACED_INLINE __u8 unraced_judge_address(struct unraced_comparison *to, __u32 device)
{
	const struct unraced_in *requested = (const void *)to->requested,
				*peer = (const void *)to->other;

	if (unraced_names_no_peer(to->requested))
		return unraced_is_no_peer((const void *)to->other) ? UNRACED_INTEGRITY_UNCHECKED
								   : UNRACED_INTEGRITY_DIFFERS;
	if (requested->family == UNRACED_AF_INET && peer->family == UNRACED_AF_INET6)
		return unraced_judge_mapped(to);
	if (requested->family != peer->family)
		return UNRACED_INTEGRITY_DIFFERS;
	switch (to->requested[0]) {
	case UNRACED_AF_UNIX:
		return unraced_judge_socket_name(to);
	case UNRACED_AF_INET:
		return unraced_judge_in(to);
	case UNRACED_AF_INET6:
		return unraced_judge_in6(to, device);
	case UNRACED_AF_NETLINK:
		return unraced_judge_nl(to);
	}
	return UNRACED_INTEGRITY_UNCHECKED;
}

/*
 * Judges the address of a record by that of the peer. A name of a UNIX socket in the file tree can be another than the
 * one that the socket was bound to, so such a peer does not contradict the kernel's own copy.
 */
UNRACED_INLINE __u8 unraced_judge_by_peer(struct unraced_comparison *to, __u32 device, bool copied)
{
	__u8 verdict = unraced_judge_address(to, device);

	if (copied && verdict == UNRACED_INTEGRITY_DIFFERS &&
	    unraced_is_path_address(to->requested, to->length))
		return UNRACED_INTEGRITY_UNCHECKED;
	return verdict;
}

/*
 * This tells whether the kernel looks at the address of a connect, by the socket as it was when the address
 * was copied or the request submitted.
 */
enum unraced_heed {
	UNRACED_HEED_UNKNOWN,
	UNRACED_HEED_OF_ANOTHER, /* the kernel took another socket than the one that was looked at */
	UNRACED_HEEDS_IF_ALONE,	 /* if no other connect of the socket overlaps */
	UNRACED_HEEDS,
};

/*
 * Returns an enum unraced_heed. While an attempt of a stream socket is under way, a connect waits for it or
 * tells of it, whatever address it passes (__inet_stream_connect() of net/ipv4/af_inet.c, vsock_connect() of
 * net/vmw_vsock/af_vsock.c). Sockets of AF_UNIX and AF_NETLINK, and datagrams, have no attempts. "fresh" tells
 * whether the socket had no connection and no attempt; other families have other numbers for that.
 */
UNRACED_INLINE __u8 unraced_heed(__u16 family, __u16 type, bool fresh)
{
	bool internet = family == UNRACED_AF_INET || family == UNRACED_AF_INET6;

	if (family == UNRACED_AF_UNIX || family == UNRACED_AF_NETLINK ||
	    (internet && (type == UNRACED_SOCK_DGRAM || type == UNRACED_SOCK_RAW)))
		return UNRACED_HEEDS;
	return fresh && (internet || family == UNRACED_AF_VSOCK) ? UNRACED_HEEDS_IF_ALONE
								 : UNRACED_HEED_UNKNOWN;
}

/*
 * Returns an enum unraced_heed of a connect when "heed" was found for the socket that the kernel took. "counted" tells
 * whether the connects of this socket have been counted since the entry.
 */
UNRACED_INLINE __u8 unraced_heed_of(__u8 heed, bool counted)
{
	return heed == UNRACED_HEEDS || counted ? heed : UNRACED_HEED_OF_ANOTHER;
}

/* sizeof(struct sockaddr_in), and SIN6_LEN_RFC2133 of include/net/ipv6.h */
#define UNRACED_LEAST_IN 16
#define UNRACED_LEAST_IN6 24

/*
 * Returns whether an internet socket refuses this address as too short when it looks at it (EINVAL). One that ends a
 * connection needs no more than its family.
 */
UNRACED_INLINE bool unraced_is_too_short(const __u8 *requested, __u32 length)
{
	if (length < sizeof(__u16))
		return 1;
	return !unraced_disconnects(requested) &&
	       length < (requested[0] == UNRACED_AF_INET6 ? UNRACED_LEAST_IN6 : UNRACED_LEAST_IN);
}

/*
 * Judges the kernel's own copy of an address. The peer can contradict it: "by_peer" is what
 * unraced_judge_by_peer() says, of a call that reached none UNCHECKED. "alone" tells whether no other
 * connect of the socket overlapped this one, and "heed" is an enum unraced_heed. A copy that the kernel may
 * not have looked at is no match, as of a call that found a connection or an attempt, or of a request
 * that was cancelled, mostly before it ran. An internet socket looks at an address that ends its
 * connection in any state. A program at a cgroup's connect hooks rewrites internet addresses and names
 * of UNIX sockets after the copy (R2.30).
 */
UNRACED_INLINE __u8 unraced_judge_copied_address(__u8 integrity, __u8 by_peer,
						 const struct unraced_connect *socket,
						 const __u8 *requested, bool alone, __u8 heed,
						 __s64 result)
{
	bool internet = socket->family == UNRACED_AF_INET || socket->family == UNRACED_AF_INET6;
	bool looked = (heed == UNRACED_HEEDS || (heed == UNRACED_HEEDS_IF_ALONE && alone)) &&
		      (unraced_chose_peer(result) || !unraced_has_peer(result));

	/* The attempt of another call succeeded. */
	if (internet && unraced_chose_peer(result) && unraced_is_too_short(requested, socket->address.length))
		looked = 0;
	if (integrity != UNRACED_INTEGRITY_MATCH)
		return integrity;
	if (result == -ECANCELED)
		return UNRACED_INTEGRITY_UNCHECKED;
	if ((internet || socket->family == UNRACED_AF_UNIX) && alone &&
	    by_peer == UNRACED_INTEGRITY_DIFFERS)
		return UNRACED_INTEGRITY_DIFFERS;
	if (looked || (alone && by_peer == UNRACED_INTEGRITY_MATCH))
		return integrity;
	if (internet && heed != UNRACED_HEED_OF_ANOTHER && socket->address.length >= sizeof(__u16) &&
	    unraced_disconnects(requested))
		return integrity;
	return UNRACED_INTEGRITY_UNCHECKED;
}

#endif
