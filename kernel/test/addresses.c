// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/* This test judges addresses whose scope, group, family or length decides. */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <linux/netlink.h>

#include "expected.h"
#include "unraced/address.h"

_Static_assert(UNRACED_AF_UNIX == AF_UNIX && UNRACED_AF_INET == AF_INET &&
		       UNRACED_AF_INET6 == AF_INET6 && UNRACED_AF_NETLINK == AF_NETLINK &&
		       UNRACED_AF_UNSPEC == AF_UNSPEC,
	       "families");
_Static_assert(offsetof(struct unraced_in6, address) == offsetof(struct sockaddr_in6, sin6_addr) &&
		       offsetof(struct unraced_in6, scope) ==
			       offsetof(struct sockaddr_in6, sin6_scope_id),
	       "IPv6");
_Static_assert(offsetof(struct unraced_in, zero) == offsetof(struct sockaddr_in, sin_zero), "IPv4");
_Static_assert(offsetof(struct unraced_nl, behind) == sizeof(struct sockaddr_nl), "netlink");

static __u8 judge_one(const void *requested, __u32 length, const void *peer, __u32 peer_length,
		      __u32 device, bool copied)
{
	__u8 *left = with_room(requested, length), *right = with_room(peer, peer_length);
	struct unraced_comparison to = {
		.requested = left, .other = right, .length = length, .end = peer_length
	};
	__u8 verdict = UNRACED_INTEGRITY_UNCHECKED;

	if (unraced_have_families(length, peer_length))
		verdict = unraced_judge_by_peer(&to, device, copied);
	free(left);
	free(right);
	return verdict;
}

static __u8 judge(const void *requested, __u32 length, const void *peer, __u32 peer_length,
		  __u32 device)
{
	return judge_one(requested, length, peer, peer_length, device, false);
}

static struct sockaddr_in6 in6(const char *text, __u32 scope)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6,
					.sin6_port = htons(80),
					.sin6_scope_id = scope };

	inet_pton(AF_INET6, text, &address.sin6_addr);
	return address;
}

static __u32 wrong_scopes(void)
{
	static const struct {
		const char *address;
		__u32 requested, length, device, used;
		__u8 verdict;
	} cases[] = {
		{ "fe80::1", 2, 28, 0, 2, UNRACED_INTEGRITY_MATCH },
		{ "fe80::1", 2, 28, 0, 3, UNRACED_INTEGRITY_DIFFERS },
		{ "febf::1", 2, 28, 2, 3, UNRACED_INTEGRITY_DIFFERS },
		{ "fe80::1", 0, 28, 3, 3, UNRACED_INTEGRITY_MATCH },
		{ "fe80::1", 0, 28, 2, 3, UNRACED_INTEGRITY_DIFFERS },
		{ "fe80::1", 0, 28, 0, 3, UNRACED_INTEGRITY_UNCHECKED },
		/* An address without room for a scope has none. */
		{ "fe80::1", 2, 24, 3, 3, UNRACED_INTEGRITY_MATCH },
		{ "fe80::1", 2, 24, 0, 2, UNRACED_INTEGRITY_UNCHECKED },
		{ "ff02::1", 2, 28, 0, 3, UNRACED_INTEGRITY_DIFFERS },
		{ "ff01::1", 2, 28, 0, 2, UNRACED_INTEGRITY_MATCH },
		{ "ff32::1", 2, 28, 0, 3, UNRACED_INTEGRITY_DIFFERS },
		/* The socket is bound to no device any more. */
		{ "fe80::1", 2, 28, 0, 0, UNRACED_INTEGRITY_UNCHECKED },
		/* Other addresses need no scope, and the kernel reports none. */
		{ "ff05::1", 2, 28, 0, 0, UNRACED_INTEGRITY_MATCH },
		{ "fec0::1", 2, 28, 0, 0, UNRACED_INTEGRITY_MATCH },
		{ "2001:db8::1", 2, 28, 0, 0, UNRACED_INTEGRITY_MATCH },
	};
	__u32 wrong = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sockaddr_in6 requested = in6(cases[i].address, cases[i].requested);
		struct sockaddr_in6 peer = in6(cases[i].address, cases[i].used);
		__u8 verdict =
			judge(&requested, cases[i].length, &peer, sizeof(peer), cases[i].device);

		if (verdict == cases[i].verdict)
			continue;
		wrong++;
		printf("%s scope %u of %u bytes, device %u, used %u: %u\n", cases[i].address,
		       cases[i].requested, cases[i].length, cases[i].device, cases[i].used,
		       verdict);
	}
	return wrong;
}

static __u32 wrong_groups(void)
{
	struct sockaddr_nl requested = { .nl_family = AF_NETLINK, .nl_pid = 7, .nl_groups = 6 };
	struct sockaddr_nl peer = { .nl_family = AF_NETLINK, .nl_pid = 7, .nl_groups = 2 };
	struct sockaddr_nl other = { .nl_family = AF_NETLINK, .nl_pid = 8, .nl_groups = 2 };

	return (judge(&requested, sizeof(requested), &peer, sizeof(peer), 0) !=
		UNRACED_INTEGRITY_MATCH) +
	       (judge(&requested, sizeof(requested), &other, sizeof(other), 0) !=
		UNRACED_INTEGRITY_DIFFERS) +
	       (judge(&requested, sizeof(requested.nl_family), &peer, sizeof(peer), 0) !=
		UNRACED_INTEGRITY_UNCHECKED);
}

/* The kernel cannot have used an address that names no peer where there is one. */
static __u32 wrong_nobodies(void)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC }, unknown = { .sa_family = 258 };
	struct sockaddr_nl lone = { .nl_family = AF_NETLINK };
	struct sockaddr_nl other = { .nl_family = AF_NETLINK, .nl_pid = 8 };
	struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = htons(80) };

	return (judge(&none, sizeof(none), &peer, sizeof(peer), 0) != UNRACED_INTEGRITY_DIFFERS) +
	       (judge(&unknown, sizeof(none), &peer, sizeof(peer), 0) != UNRACED_INTEGRITY_DIFFERS) +
	       (judge(&none, sizeof(none), &other, sizeof(other), 0) != UNRACED_INTEGRITY_DIFFERS) +
	       (judge(&none, sizeof(none), &lone, sizeof(lone), 0) != UNRACED_INTEGRITY_UNCHECKED) +
	       (judge(&none, sizeof(none), &peer, 0, 0) != UNRACED_INTEGRITY_UNCHECKED) +
	       (judge(&none, 1, &peer, sizeof(peer), 0) != UNRACED_INTEGRITY_UNCHECKED);
}

static __u32 wrong_internet(void)
{
	struct sockaddr_in one = { .sin_family = AF_INET,
				   .sin_port = htons(80),
				   .sin_addr.s_addr = htonl(0x7f000001) };
	struct sockaddr_in other = { .sin_family = AF_INET,
				     .sin_port = htons(81),
				     .sin_addr.s_addr = htonl(0x7f000001) };
	struct sockaddr_in6 mapped = in6("::ffff:127.0.0.1", 0), loopback = in6("::1", 0);

	return (judge(&one, sizeof(one), &one, sizeof(one), 0) != UNRACED_INTEGRITY_MATCH) +
	       (judge(&one, 8, &one, sizeof(one), 0) != UNRACED_INTEGRITY_MATCH) +
	       (judge(&one, 7, &one, sizeof(one), 0) != UNRACED_INTEGRITY_UNCHECKED) +
	       (judge(&one, sizeof(one), &other, sizeof(other), 0) != UNRACED_INTEGRITY_DIFFERS) +
	       (judge(&one, sizeof(one), &mapped, sizeof(mapped), 0) != UNRACED_INTEGRITY_MATCH) +
	       (judge(&one, sizeof(one), &loopback, sizeof(loopback), 0) !=
		UNRACED_INTEGRITY_DIFFERS) +
	       (judge(&mapped, sizeof(mapped), &one, sizeof(one), 0) != UNRACED_INTEGRITY_DIFFERS);
}

static __u32 wrong_names(void)
{
	struct sockaddr_un file = { AF_UNIX, "/run/one" }, other = { AF_UNIX, "/run/two" };
	struct sockaddr_un hidden = { AF_UNIX, "\0one" };

	return (judge(&file, sizeof(file), &file, 11, 0) != UNRACED_INTEGRITY_UNCHECKED) +
	       (judge(&file, 10, &file, sizeof(file), 0) != UNRACED_INTEGRITY_UNCHECKED) +
	       (judge(&file, sizeof(file), &other, sizeof(other), 0) != UNRACED_INTEGRITY_DIFFERS) +
	       (judge(&hidden, 6, &hidden, 6, 0) != UNRACED_INTEGRITY_MATCH) +
	       (judge(&hidden, 7, &hidden, 6, 0) != UNRACED_INTEGRITY_DIFFERS);
}

/* The peer contradicts the kernel's own copy of an address, but not that of a name in the file tree. */
static __u32 wrong_copies(void)
{
	struct sockaddr_un file = { AF_UNIX, "/run/one" }, other = { AF_UNIX, "/run/two" };
	struct sockaddr_un hidden = { AF_UNIX, "\0one" }, hidden_other = { AF_UNIX, "\0two" };
	struct sockaddr_in one = { .sin_family = AF_INET, .sin_port = 1 };
	struct sockaddr_in two = { .sin_family = AF_INET, .sin_port = 2 };
	const __u8 unchecked = UNRACED_INTEGRITY_UNCHECKED, differs = UNRACED_INTEGRITY_DIFFERS;

	return (judge_one(&file, sizeof(file), &other, sizeof(other), 0, true) != unchecked) +
	       (judge_one(&file, sizeof(file), &hidden, 6, 0, true) != unchecked) +
	       (judge_one(&hidden, 6, &hidden_other, 6, 0, true) != differs) +
	       (judge_one(&hidden, 6, &other, sizeof(other), 0, true) != differs) +
	       (judge_one(&hidden, 6, &hidden, 6, 0, true) != UNRACED_INTEGRITY_MATCH) +
	       (judge_one(&one, sizeof(one), &two, sizeof(two), 0, true) != differs);
}

int main(void)
{
	__u32 wrong = wrong_scopes() + wrong_groups() + wrong_nobodies() + wrong_internet() + wrong_names() +
		      wrong_copies();

	printf("addresses wrong %u\n", wrong);
	return wrong != 0;
}
