// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/* This test describes files and sockets, whose kernel structures it makes itself. */
#include "expect.h"
#include "unraced/object.h"

struct made {
	__u32 end;
	struct unraced_record record;
	__u64 tail[16];
};

static void *append(void *builder, struct unraced_slice *slice, __u32 length)
{
	struct made *made = builder;
	__u8 *room = (__u8 *)made->tail + made->end;

	slice->offset = sizeof(made->record) + made->end;
	slice->length = length;
	made->end += (length + 7) & ~7u;
	return room;
}

static const void *at(const struct made *made, const struct unraced_slice *slice)
{
	return (const __u8 *)&made->record + slice->offset;
}

static void sockets(void)
{
	struct inet_sock four = { .sk.__sk_common = { .skc_family = UNRACED_AF_INET,
						      .skc_daddr = 7,
						      .skc_rcv_saddr = 8,
						      .skc_dport = 9,
						      .skc_state = TCP_ESTABLISHED },
				  .inet_sport = 10 };
	struct inet_sock six = { .sk.__sk_common = { .skc_family = UNRACED_AF_INET6,
						     .skc_dport = 9,
						     .skc_bound_dev_if = 3,
						     .skc_v6_daddr = { { 0xfe, 0x80 } },
						     .skc_state = TCP_ESTABLISHED },
				 .inet_sport = 10 };
	struct made made = { .record.connect = { .family = UNRACED_AF_INET,
						     .type = 1,
						     .protocol = UNRACED_IPPROTO_TCP } };
	const struct unraced_in6 *peer;
	const struct unraced_in *one;

	unraced_append_internet(append, &made, &made.record.connect, &four.sk);
	one = at(&made, &made.record.connect.remote);
	EXPECT(made.record.connect.remote.length == sizeof(*one) && one->address == 7 &&
	       one->port == 9);
	one = at(&made, &made.record.connect.local);
	EXPECT(one->family == UNRACED_AF_INET && one->address == 8 && one->port == 10);
	EXPECT(!unraced_is_scoped(&four.sk) && unraced_is_scoped(&six.sk));
	made = (struct made){ .record.connect = { .family = UNRACED_AF_INET6,
						  .type = 1,
						  .protocol = UNRACED_IPPROTO_TCP } };
	unraced_append_internet(append, &made, &made.record.connect, &six.sk);
	peer = at(&made, &made.record.connect.remote);
	EXPECT(made.record.connect.remote.length == sizeof(*peer) && peer->scope == 3 &&
	       peer->address[1] == 0x80);
	peer = at(&made, &made.record.connect.local);
	EXPECT(!peer->scope && peer->port == 10);
	six.sk.__sk_common.skc_v6_daddr = (struct in6_addr){ { 0xfd } };
	EXPECT(!unraced_is_scoped(&six.sk));
	six.sk.__sk_common.skc_v6_rcv_saddr = (struct in6_addr){ { 0xfe, 0x80 } };
	EXPECT(unraced_is_scoped(&six.sk));
}

/* IPPROTO_SMC of uapi/linux/in.h: its peer is that of another socket, so none is told. */
static void strangers(void)
{
	struct inet_sock smc = { .sk.__sk_common = { .skc_family = UNRACED_AF_INET,
						     .skc_state = TCP_SYN_SENT } };
	struct made made = { .record.connect = { .family = UNRACED_AF_INET,
						 .type = 1,
						 .protocol = 256,
						 .address.length = 16 } };
	const __u8 requested[16] = { UNRACED_AF_INET };

	unraced_append_internet(append, &made, &made.record.connect, &smc.sk);
	EXPECT(!made.record.connect.remote.length && !made.record.connect.local.length);
	EXPECT(!unraced_peer_is_doubtful(&made.record.connect, requested, &smc.sk, 0));
	made.record.connect.protocol = 255;
	made.record.connect.type = UNRACED_SOCK_RAW;
	EXPECT(unraced_tells_addresses(&made.record.connect));
	made.record.connect.protocol = UNRACED_IPPROTO_SCTP;
	EXPECT(!unraced_has_other_connects(&made.record.connect));
	made.record.connect.type = 5;
	unraced_append_internet(append, &made, &made.record.connect, &smc.sk);
	EXPECT(made.record.connect.remote.length &&
	       unraced_peer_is_doubtful(&made.record.connect, requested, &smc.sk, 0));
}

/* The addresses of L2TP have a connection's number besides, so they are not those of AF_INET. */
static void tunnels(void)
{
	struct inet_sock l2tp = { .sk.__sk_common = { .skc_family = UNRACED_AF_INET,
						      .skc_state = TCP_ESTABLISHED } };
	struct made made = { .record.connect = { .family = UNRACED_AF_INET,
						 .type = SOCK_DGRAM,
						 .protocol = 115 } };

	unraced_append_internet(append, &made, &made.record.connect, &l2tp.sk);
	EXPECT(!made.record.connect.remote.length && !made.record.connect.local.length);
}

/* The sockets of a connect: its own alone, or with another connect, or with an attempt under way. */
enum company { ALONE, OVERLAPPED, BUSY };

static __u8 copied_with(__u8 by_peer, const struct unraced_connect *socket, const __u8 *requested,
			enum company company, __s64 result)
{
	return unraced_judge_copied_address(UNRACED_INTEGRITY_MATCH, by_peer, socket, requested,
					    company != OVERLAPPED,
					    unraced_heed(socket->family, socket->type, company != BUSY), result);
}

static __u8 copied(__u8 by_peer, const struct unraced_connect *socket, const __u8 *requested, enum company company)
{
	return copied_with(by_peer, socket, requested, company, 0);
}

/* A stream socket's earlier attempt makes a connect succeed or fail that passed another address. */
static void ignored(void)
{
	const __u8 match = UNRACED_INTEGRITY_MATCH, differs = UNRACED_INTEGRITY_DIFFERS;
	const __u8 unchecked = UNRACED_INTEGRITY_UNCHECKED;
	const __u8 in[2] = { UNRACED_AF_INET }, unspec[2] = { UNRACED_AF_UNSPEC };
	const __u8 above[2] = { UNRACED_AF_INET, 1 }, in6[2] = { UNRACED_AF_INET6 };
	struct unraced_connect tcp = { .family = UNRACED_AF_INET,
				       .type = UNRACED_SOCK_STREAM,
				       .address.length = 16 };
	struct unraced_connect udp = { .family = UNRACED_AF_INET6,
				       .type = SOCK_DGRAM,
				       .address.length = 28 };
	struct unraced_connect local = { .family = UNRACED_AF_UNIX, .type = UNRACED_SOCK_STREAM };
	struct unraced_connect machine = { .family = UNRACED_AF_VSOCK,
					   .type = UNRACED_SOCK_STREAM,
					   .address.length = 16 };

	EXPECT(copied(differs, &tcp, in, ALONE) == differs);
	EXPECT(copied(differs, &udp, in, ALONE) == differs);
	EXPECT(copied(differs, &tcp, in, OVERLAPPED) == unchecked);
	EXPECT(copied(differs, &udp, in, OVERLAPPED) == match);
	/* A program of the cgroup rewrote the name (addresses.c asks for names in the file tree). */
	EXPECT(copied(differs, &local, in, ALONE) == differs && copied(differs, &local, in, OVERLAPPED) == match);
	EXPECT(copied(match, &local, in, ALONE) == match);
	EXPECT(copied(match, &tcp, in, BUSY) == match);
	EXPECT(unraced_judge_copied_address(UNRACED_INTEGRITY_CHANGED, differs, &tcp, in, 1,
					    UNRACED_HEEDS, 0) == UNRACED_INTEGRITY_CHANGED);
	/* There is no peer any more, and somebody else may have ended the connection. */
	EXPECT(copied(unchecked, &tcp, in, OVERLAPPED) == unchecked);
	EXPECT(copied(unchecked, &tcp, in, ALONE) == match);
	EXPECT(copied(unchecked, &tcp, unspec, OVERLAPPED) == match);
	/* No family has a number above 255, so the kernel did not look at this one. */
	EXPECT(copied(unchecked, &tcp, above, OVERLAPPED) == unchecked);
	/* The kernel waited for an earlier attempt, which failed. */
	EXPECT(copied(unchecked, &tcp, in, BUSY) == unchecked);
	EXPECT(copied(unchecked, &tcp, unspec, BUSY) == match);
	EXPECT(copied(unchecked, &udp, in, BUSY) == match);
	EXPECT(copied(unchecked, &local, in, BUSY) == match);
	/* AF_VSOCK waits for attempts, too, and does not know an address that ends one. */
	EXPECT(copied(unchecked, &machine, unspec, BUSY) == unchecked);
	EXPECT(copied(unchecked, &machine, in, ALONE) == match);
	/* A call that found a connection or an attempt looked at no address, whatever the socket was before. */
	EXPECT(copied_with(unchecked, &tcp, in, ALONE, -111 /* ECONNREFUSED */) == match);
	EXPECT(copied_with(unchecked, &tcp, in, ALONE, -EISCONN) == unchecked);
	EXPECT(copied_with(unchecked, &tcp, in, ALONE, -EALREADY) == unchecked);
	EXPECT(copied_with(unchecked, &udp, in, ALONE, -EISCONN) == unchecked);
	/* A request behind a failed link never ran. */
	EXPECT(copied_with(unchecked, &udp, in, ALONE, -ECANCELED) == unchecked);
	EXPECT(copied_with(unchecked, &tcp, unspec, ALONE, -ECANCELED) == unchecked);
	EXPECT(copied_with(unchecked, &local, in, ALONE, -EISCONN) == unchecked);
	/* The peer that others may have chosen proves nothing of this call. */
	EXPECT(copied(match, &tcp, in, OVERLAPPED) == unchecked);
	/* The state has other numbers in other families. */
	EXPECT(unraced_heed(31 /* AF_BLUETOOTH */, UNRACED_SOCK_STREAM, 1) == UNRACED_HEED_UNKNOWN);
	/* The family is that of another socket than the kernel's. */
	EXPECT(unraced_judge_copied_address(match, unchecked, &tcp, unspec, 1, UNRACED_HEED_OF_ANOTHER, 0) ==
	       unchecked);
	EXPECT(unraced_heed_of(UNRACED_HEEDS, 0) == UNRACED_HEEDS);
	EXPECT(unraced_heed_of(UNRACED_HEEDS_IF_ALONE, 0) == UNRACED_HEED_OF_ANOTHER);
	EXPECT(unraced_heed_of(UNRACED_HEEDS_IF_ALONE, 1) == UNRACED_HEEDS_IF_ALONE);
	/* A socket that looks at a short address refuses it, so it did not look where the call succeeded. */
	tcp.address.length = 15;
	EXPECT(copied(unchecked, &tcp, in, ALONE) == unchecked);
	EXPECT(copied_with(unchecked, &tcp, in, ALONE, -EINPROGRESS) == unchecked);
	EXPECT(copied_with(unchecked, &tcp, in, ALONE, -22 /* EINVAL */) == match);
	EXPECT(copied(unchecked, &tcp, unspec, ALONE) == match);
	udp.address.length = 23;
	EXPECT(copied(unchecked, &udp, in6, ALONE) == unchecked);
	udp.address.length = 24;
	EXPECT(copied(unchecked, &udp, in6, ALONE) == match);
	/* An address too short for a family is none that ends a connection. */
	tcp.address.length = 1;
	EXPECT(copied(unchecked, &tcp, unspec, BUSY) == unchecked);
}

static void peers(void)
{
	struct socket socket = { .state = SS_UNCONNECTED + 1 };
	struct sock sk = { .__sk_common.skc_state = TCP_CLOSE };

	EXPECT(!unraced_has_internet_peer(&sk, 1, 0) && unraced_has_internet_peer(&sk, 1, 9));
	EXPECT(!unraced_has_internet_peer(&sk, SOCK_DGRAM, 9));
	sk.sk_protocol = UNRACED_IPPROTO_MPTCP;
	EXPECT(!unraced_has_internet_peer(&sk, 1, 9));
	/* A refused attempt leaves the socket in SS_CONNECTING. */
	sk.sk_socket = &socket;
	EXPECT(unraced_has_internet_peer(&sk, 1, 9) && !unraced_has_internet_peer(&sk, 1, 0));
	socket.state = SS_UNCONNECTED;
	EXPECT(!unraced_has_internet_peer(&sk, 1, 9));
	sk.__sk_common.skc_state = TCP_SYN_SENT;
	EXPECT(unraced_has_internet_peer(&sk, 1, 0) &&
	       !unraced_has_internet_peer(&sk, UNRACED_SOCK_RAW, 9));
}

/* Another process can bind or connect a request's socket while the kernel does more. */
static void late(void)
{
	struct unraced_connect tcp = { .family = UNRACED_AF_INET,
				       .type = UNRACED_SOCK_STREAM,
				       .protocol = UNRACED_IPPROTO_TCP };
	struct unraced_connect udp = { .family = UNRACED_AF_INET,
				       .type = SOCK_DGRAM,
				       .protocol = UNRACED_IPPROTO_UDP };
	struct sock sk = { .__sk_common.skc_state = TCP_SYN_SENT };

	EXPECT(!unraced_is_seen_late(&tcp, &sk, 1) && unraced_is_seen_late(&udp, &sk, 1));
	EXPECT(!unraced_is_seen_late(&udp, &sk, 0));
	/* A socket that was disconnected, or refused, can be bound again. */
	sk.__sk_common.skc_state = TCP_CLOSE;
	EXPECT(unraced_is_seen_late(&tcp, &sk, 1) && !unraced_is_seen_late(&tcp, &sk, 0));
	sk.__sk_common.skc_state = TCP_LISTEN;
	EXPECT(unraced_is_seen_late(&tcp, &sk, 1));
}

/* A family of AF_UNSPEC explains why there is no peer only if the call can have disconnected. */
static void disconnected(void)
{
	const __u8 nobody[2] = { UNRACED_AF_UNSPEC }, somebody[2] = { UNRACED_AF_INET };
	struct unraced_connect socket = { .family = UNRACED_AF_INET,
					  .type = UNRACED_SOCK_STREAM,
					  .protocol = UNRACED_IPPROTO_TCP,
					  .address.length = 2 };

	EXPECT(!unraced_has_lost_peer(&socket, nobody, 0));
	EXPECT(unraced_has_lost_peer(&socket, nobody, -115));
	EXPECT(unraced_has_lost_peer(&socket, nobody, -EISCONN));
	EXPECT(unraced_has_lost_peer(&socket, somebody, 0));
	socket.remote.length = 16;
	EXPECT(!unraced_has_lost_peer(&socket, somebody, 0));
}

/* A socket that SOCK_DESTROY ended has an error. TCP has one where the call itself disconnects. */
static void destroyed(void)
{
	const __u8 nobody[2] = { UNRACED_AF_UNSPEC };
	struct unraced_connect udp = { .family = UNRACED_AF_INET,
				       .type = SOCK_DGRAM,
				       .protocol = UNRACED_IPPROTO_UDP,
				       .address.length = 2 };
	struct unraced_connect tcp = udp;
	struct sock ended = { .sk_err = 103 }, disconnected = {};

	tcp.type = UNRACED_SOCK_STREAM;
	tcp.protocol = UNRACED_IPPROTO_TCP;
	EXPECT(unraced_peer_is_doubtful(&udp, nobody, &ended, 0));
	EXPECT(!unraced_peer_is_doubtful(&udp, nobody, &disconnected, 0));
	EXPECT(!unraced_peer_is_doubtful(&tcp, nobody, &ended, 0));
	udp.remote.length = 16;
	EXPECT(!unraced_peer_is_doubtful(&udp, nobody, &ended, 0));
}

static void files(void)
{
	struct super_block super = { .s_dev = 8 << 20 | 17 };
	struct inode inode = { .i_sb = &super, .i_ino = 42 };
	struct file file = { .f_inode = &inode, .f_flags = __O_TMPFILE };
	struct unraced_record record = {};

	unraced_describe_inode(&record, &file);
	EXPECT(record.open.inode == 42 && record.open.device_major == 8 &&
	       record.open.device_minor == 17);
	EXPECT(record.flags == (UNRACED_HAS_FILE | UNRACED_CREATED));
}

/* A file that the call cannot have opened is no file of a call whose table others share. */
static void replaced(void)
{
	struct file read_only = {};
	struct file written = { .f_flags = 02, .f_mode = FMODE_CREATED };
	struct file path_only = { .f_flags = O_PATH };
	struct unraced_record shared = { .flags = UNRACED_FD_TABLE_SHARED,
					 .how_provenance = UNRACED_PROVENANCE_KERNEL };
	struct unraced_record alone = { .how_provenance = UNRACED_PROVENANCE_KERNEL };
	struct unraced_record unread = { .flags = UNRACED_FD_TABLE_SHARED,
					 .how_provenance = UNRACED_PROVENANCE_ENTER };

	EXPECT(!unraced_is_replaced(&shared, &read_only, 0));
	EXPECT(unraced_is_replaced(&shared, &read_only, 01));
	EXPECT(unraced_is_replaced(&shared, &read_only, O_PATH));
	EXPECT(unraced_is_replaced(&shared, &path_only, 0));
	/* With O_PATH, the kernel ignores the access mode. */
	EXPECT(!unraced_is_replaced(&shared, &path_only, O_PATH | 02));
	EXPECT(unraced_is_replaced(&shared, &written, 02));
	EXPECT(!unraced_is_replaced(&shared, &written, O_CREAT | 02));
	EXPECT(!unraced_is_replaced(&alone, &read_only, 01));
	EXPECT(!unraced_is_replaced(&unread, &read_only, 01));
}

int main(void)
{
	sockets();
	replaced();
	strangers();
	tunnels();
	ignored();
	peers();
	late();
	disconnected();
	destroyed();
	files();
	printf("objects wrong %u\n", wrong);
	return wrong != 0;
}
