// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
#include "object/address.h"

#ifdef __KERNEL__
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/netlink.h>
#include <linux/socket.h>
#else
#include <netinet/in.h>
#include <sys/socket.h>

#include <linux/netlink.h>
#endif

static const u8 *bytes_of(const struct unraced_call *call, const struct unraced_slice *slice)
{
	return (const u8 *)&call->record + slice->offset;
}

static u32 name_end(const u8 *address, u32 length)
{
	u32 end = sizeof(u16);

	while (end < length && address[end])
		end++;
	return end;
}

/* An abstract name is unique; a name in the file tree can be given to another socket after the peer was bound. */
static u8 judge_name(const u8 *requested, u32 length, const u8 *peer, u32 peer_length)
{
	u32 end;

	if (length > sizeof(u16) && !requested[sizeof(u16)])
		return length == peer_length && !memcmp(requested, peer, length) ? UNRACED_INTEGRITY_MATCH :
									      UNRACED_INTEGRITY_DIFFERS;
	end = name_end(requested, length);
	return end == name_end(peer, peer_length) && !memcmp(requested, peer, end) ? UNRACED_INTEGRITY_UNCHECKED :
									      UNRACED_INTEGRITY_DIFFERS;
}

/* The port lies at the same place in both families. */
static bool same_internet_address(const u8 *requested, u32 length, const u8 *peer)
{
	u32 at = offsetof(struct sockaddr_in, sin_addr), size = sizeof(struct in_addr);

	if (requested[0] == AF_INET6) {
		at = offsetof(struct sockaddr_in6, sin6_addr);
		size = sizeof(struct in6_addr);
	}
	return length >= at + size && !memcmp(requested + sizeof(u16), peer + sizeof(u16), sizeof(u16)) &&
	       !memcmp(requested + at, peer + at, size);
}

/* The addresses are those of __ipv6_addr_needs_scope_id(): fe80::/10, and multicast to the interface or the link. */
static bool needs_scope(const u8 *address)
{
	u8 reach = address[1] & 0x0f;

	return (address[0] == 0xfe && (address[1] & 0xc0) == 0x80) || (address[0] == 0xff && (reach == 1 || reach == 2));
}

static u32 scope_of(const u8 *address, u32 length)
{
	u32 at = offsetof(struct sockaddr_in6, sin6_scope_id), scope;

	if (length < at + sizeof(scope))
		return 0;
	memcpy(&scope, address + at, sizeof(scope));
	return scope;
}

/* Judges whether the kernel reached the address through the interface that the requested address names. */
static u8 judge_scope(const u8 *requested, u32 length, const u8 *peer, u32 peer_length, u32 device)
{
	u32 wanted = scope_of(requested, length);

	if (requested[0] != AF_INET6 || !needs_scope(requested + offsetof(struct sockaddr_in6, sin6_addr)))
		return UNRACED_INTEGRITY_MATCH;
	if (!wanted)
		wanted = device;
	if (!wanted)
		return UNRACED_INTEGRITY_UNCHECKED;
	return scope_of(peer, peer_length) == wanted ? UNRACED_INTEGRITY_MATCH : UNRACED_INTEGRITY_DIFFERS;
}

/* The kernel takes the lowest of the groups that a requested address names (netlink_connect()). */
static u8 judge_netlink(const u8 *requested, u32 length, const u8 *peer, u32 peer_length)
{
	struct sockaddr_nl wanted, found;

	if (length < sizeof(wanted) || peer_length < sizeof(found))
		return UNRACED_INTEGRITY_UNCHECKED;
	memcpy(&wanted, requested, sizeof(wanted));
	memcpy(&found, peer, sizeof(found));
	return wanted.nl_pid == found.nl_pid && (wanted.nl_groups & -wanted.nl_groups) == found.nl_groups ?
		       UNRACED_INTEGRITY_MATCH :
		       UNRACED_INTEGRITY_DIFFERS;
}

/* A datagram socket of IPv6 takes an address of IPv4, and getpeername(2) gives it as a mapped one. */
static u8 judge_mapped(const u8 *requested, u32 length, const u8 *peer)
{
	static const u8 prefix[12] = { [10] = 0xff, [11] = 0xff };
	u32 at = offsetof(struct sockaddr_in, sin_addr), mapped = offsetof(struct sockaddr_in6, sin6_addr);

	if (length < at + sizeof(struct in_addr))
		return UNRACED_INTEGRITY_UNCHECKED;
	return !memcmp(requested + sizeof(u16), peer + sizeof(u16), sizeof(u16)) &&
			       !memcmp(peer + mapped, prefix, sizeof(prefix)) &&
			       !memcmp(requested + at, peer + mapped + sizeof(prefix), sizeof(struct in_addr)) ?
		       UNRACED_INTEGRITY_MATCH :
		       UNRACED_INTEGRITY_DIFFERS;
}

u8 unraced_judge_address(const struct unraced_call *call, u32 device)
{
	const struct unraced_slice *address = &call->record.connect.address, *remote = &call->record.connect.remote;
	const u8 *requested = call->tail, *peer = bytes_of(call, remote);

	/* A requested address of AF_UNSPEC names no peer: it ends a connection. */
	if (remote->length < sizeof(u16) || address->length < sizeof(u16) || requested[1] || requested[0] == AF_UNSPEC)
		return UNRACED_INTEGRITY_UNCHECKED;
	if (requested[0] == AF_UNIX && call->record.connect.family == AF_UNIX)
		return judge_name(requested, address->length, peer, remote->length);
	if (requested[0] == AF_NETLINK && peer[0] == AF_NETLINK)
		return judge_netlink(requested, address->length, peer, remote->length);
	if (requested[0] == AF_INET && peer[0] == AF_INET6)
		return judge_mapped(requested, address->length, peer);
	if (requested[0] != peer[0] || (requested[0] != AF_INET && requested[0] != AF_INET6) ||
	    !same_internet_address(requested, address->length, peer))
		return UNRACED_INTEGRITY_DIFFERS;
	return judge_scope(requested, address->length, peer, remote->length, device);
}
