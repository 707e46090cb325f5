// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads sockets without their lock, which may sleep. getsockname(2) of IP sockets reads the same fields, and a connect
 * that has returned has set them. The own port comes from inet_sport, as in getsockname(2): its other copy, inet_num,
 * is 0 as soon as the peer has reset the connection (inet_put_port()).
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <net/af_unix.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "object/socket.h"

static void append_in(struct unraced_call *call, struct unraced_slice *slice, __be16 port, __be32 address)
{
	struct sockaddr_in *to = (void *)unraced_call_room(call);

	*to = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = port, .sin_addr.s_addr = address };
	unraced_call_append(call, slice, sizeof(*to));
}

static void append_in6(struct unraced_call *call, struct unraced_slice *slice, __be16 port,
		       const struct in6_addr *address, int device)
{
	struct sockaddr_in6 *to = (void *)unraced_call_room(call);

	*to = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = port, .sin6_addr = *address };
	to->sin6_scope_id = ipv6_iface_scope_id(address, device);
	unraced_call_append(call, slice, sizeof(*to));
}

static void append_un(struct unraced_call *call, struct unraced_slice *slice, struct sock *sk)
{
	/* This pairs with the release in unix_bind(); an address stays as long as its socket. */
	struct unix_address *address = smp_load_acquire(&unix_sk(sk)->addr);
	u8 *to = unraced_call_room(call);
	u32 length;

	if (!address) {
		/* An unnamed socket has the family alone, as in getsockname(2). */
		*(u16 *)to = AF_UNIX;
		unraced_call_append(call, slice, sizeof(u16));
		return;
	}
	length = min_t(u32, address->len, UNRACED_ADDRESS_MAX);
	memcpy(to, address->name, length);
	unraced_call_append(call, slice, length);
}

/*
 * A connection has a peer, whose port may be 0. A disconnected socket keeps a part of its peer's address, and that part
 * depends on its protocol: tcp_disconnect() of net/ipv4/tcp.c, __udp_disconnect() of net/ipv4/udp.c, mptcp_disconnect()
 * of net/mptcp/protocol.c.
 */
static bool has_inet_peer(const struct sock *sk)
{
	if (sk->sk_type == SOCK_DGRAM || sk->sk_type == SOCK_RAW)
		return sk->sk_state == TCP_ESTABLISHED;
	if (sk->sk_state != TCP_CLOSE && sk->sk_state != TCP_LISTEN)
		return true;
	return sk->sk_dport && (sk->sk_protocol != IPPROTO_MPTCP || sk->sk_state != TCP_CLOSE);
}

static void describe_inet(struct unraced_call *call, struct sock *sk)
{
	struct unraced_connect *to = &call->record.connect;

	append_in(call, &to->local, inet_sk(sk)->inet_sport, sk->sk_rcv_saddr);
	if (has_inet_peer(sk))
		append_in(call, &to->remote, sk->sk_dport, sk->sk_daddr);
}

#if IS_ENABLED(CONFIG_IPV6)
static void describe_inet6(struct unraced_call *call, struct sock *sk)
{
	struct unraced_connect *to = &call->record.connect;

	append_in6(call, &to->local, inet_sk(sk)->inet_sport, &sk->sk_v6_rcv_saddr, sk->sk_bound_dev_if);
	if (has_inet_peer(sk))
		append_in6(call, &to->remote, sk->sk_dport, &sk->sk_v6_daddr, sk->sk_bound_dev_if);
}
#endif

static void describe_unix(struct unraced_call *call, struct sock *sk)
{
	struct unraced_connect *to = &call->record.connect;
	struct sock *peer;

	append_un(call, &to->local, sk);
	/* This is unix_peer_get(), which 7.3 no longer exports to modules. */
	unix_state_lock(sk);
	peer = unix_peer(sk);
	if (peer)
		sock_hold(peer);
	unix_state_unlock(sk);
	if (!peer)
		return;
	append_un(call, &to->remote, peer);
	sock_put(peer);
}

/*
 * The kernel's functions for both addresses take no lock that sleeps (netlink_getname() of net/netlink/af_netlink.c).
 */
static void append_netlink(struct unraced_call *call, struct unraced_slice *slice, struct socket *socket, bool peer)
{
	struct sockaddr_storage name = {};
	struct sockaddr *address = (struct sockaddr *)&name;
	int length = peer ? kernel_getpeername(socket, address) : kernel_getsockname(socket, address);

	if (length < 0 || length > UNRACED_ADDRESS_MAX)
		return;
	memcpy(unraced_call_room(call), &name, length);
	unraced_call_append(call, slice, length);
}

/* NETLINK_CONNECTED of net/netlink/af_netlink.c: the socket has a peer, which may be the kernel with its port 0. */
#define CONNECTED_NETLINK 1

struct sock *unraced_sock_of(struct file *file)
{
	struct socket *socket = sock_from_file(file);

	return socket ? READ_ONCE(socket->sk) : NULL;
}

void unraced_describe_socket(struct unraced_call *call, struct file *file)
{
	struct unraced_connect *to = &call->record.connect;
	struct socket *socket = sock_from_file(file);
	struct sock *sk = unraced_sock_of(file);

	if (!sk)
		return;
	call->record.flags |= UNRACED_HAS_SOCKET;
	to->family = sk->sk_family;
	to->type = socket->type;
	to->protocol = sk->sk_protocol;
	switch (sk->sk_family) {
	case AF_INET:
		describe_inet(call, sk);
		break;
#if IS_ENABLED(CONFIG_IPV6)
	case AF_INET6:
		describe_inet6(call, sk);
		break;
#endif
	case AF_UNIX:
		describe_unix(call, sk);
		break;
	case AF_NETLINK:
		append_netlink(call, &to->local, socket, false);
		if (sk->sk_state == CONNECTED_NETLINK)
			append_netlink(call, &to->remote, socket, true);
		break;
	}
}
