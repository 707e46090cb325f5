// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads sockets without their lock, which may sleep. getsockname(2) of IP sockets reads the same fields, and a connect
 * that has returned has set them.
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <net/af_unix.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "object/socket.h"
#include "unraced/object.h"

static_assert(UNRACED_AF_UNIX == AF_UNIX && UNRACED_AF_INET == AF_INET && UNRACED_AF_INET6 == AF_INET6);

static void *append(void *to, struct unraced_slice *slice, u32 length)
{
	u8 *room = unraced_call_room(to);

	unraced_call_append(to, slice, length);
	return room;
}

/* Appends the name that a UNIX socket is bound to (R2.31). */
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
	case AF_INET6:
		unraced_append_internet(append, call, to, sk);
		break;
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
