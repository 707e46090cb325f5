// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Compares claims of all kinds with the names of a file's path, by the module's code and by a plain loop over the
 * components. Also judges addresses whose scope or group decides.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

#include <linux/netlink.h>

#include "object/address.h"
#include "path/compare.h"

#define ROUNDS 2000000
#define MOST 64

static const char *const parts[] = { "a", "b", "ab", "abcdefg", "abcdefgh", "abcdefghi", ".a", "..a", "..." };
static const char *const extras[] = { "/", "//", ".", "./", "..", "../", "a", "/a" };
static u64 state = 88172645463325252ull;

static u64 draw(u64 below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % below;
}

static u32 add(u8 *to, u32 length, const char *text)
{
	u32 size = strlen(text);

	if (length + size > MOST)
		return length;
	memcpy(to + length, text, size);
	return length + size;
}

/* Returns the next component from a place on, and moves the place behind it. */
static u32 component(const u8 *text, u32 length, u32 *at)
{
	u32 begin;

	while (*at < length && text[*at] == '/')
		++*at;
	begin = *at;
	while (*at < length && text[*at] != '/')
		++*at;
	return begin;
}

static bool expected(const u8 *claim, u32 length, const u8 *names, u32 names_length)
{
	u32 at = 0, name_at = 0;

	for (;;) {
		u32 begin = component(claim, length, &at), size = at - begin, name, name_size;

		if (size == 1 && claim[begin] == '.')
			continue;
		if (size == 2 && claim[begin] == '.' && claim[begin + 1] == '.')
			return false;
		name = component(names, names_length, &name_at);
		name_size = name_at - name;
		if (!size || !name_size)
			return size == name_size;
		if (size != name_size || memcmp(claim + begin, names + name, size))
			return false;
	}
}

static void append(struct unraced_call *call, struct unraced_slice *slice, const void *bytes, u32 length)
{
	memcpy(unraced_call_room(call), bytes, length);
	unraced_call_append(call, slice, length);
}

static u8 judge(const void *claim, u32 length, const void *peer, u32 peer_length, u32 device)
{
	static struct unraced_call call;

	unraced_call_begin(&call, UNRACED_CONNECT, UNRACED_ABI_NATIVE, UNRACED_MITIGATION_STASH);
	append(&call, &call.record.connect.address, claim, length);
	append(&call, &call.record.connect.remote, peer, peer_length);
	return unraced_judge_address(&call, device);
}

static struct sockaddr_in6 in6(const char *text, u32 scope)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_port = htons(80), .sin6_scope_id = scope };

	inet_pton(AF_INET6, text, &address.sin6_addr);
	return address;
}

static u32 wrong_scopes(void)
{
	static const struct {
		const char *address;
		u32 claimed, length, device, used;
		u8 verdict;
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
		/* Other addresses need no scope, and the kernel reports none. */
		{ "ff05::1", 2, 28, 0, 0, UNRACED_INTEGRITY_MATCH },
		{ "fec0::1", 2, 28, 0, 0, UNRACED_INTEGRITY_MATCH },
		{ "2001:db8::1", 2, 28, 0, 0, UNRACED_INTEGRITY_MATCH },
	};
	u32 wrong = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sockaddr_in6 claim = in6(cases[i].address, cases[i].claimed);
		struct sockaddr_in6 peer = in6(cases[i].address, cases[i].used);
		u8 verdict = judge(&claim, cases[i].length, &peer, sizeof(peer), cases[i].device);

		if (verdict == cases[i].verdict)
			continue;
		wrong++;
		printf("%s scope %u of %u bytes, device %u, used %u: %u\n", cases[i].address, cases[i].claimed,
		       cases[i].length, cases[i].device, cases[i].used, verdict);
	}
	return wrong;
}

static u32 wrong_groups(void)
{
	struct sockaddr_nl claim = { .nl_family = AF_NETLINK, .nl_pid = 7, .nl_groups = 6 };
	struct sockaddr_nl peer = { .nl_family = AF_NETLINK, .nl_pid = 7, .nl_groups = 2 };
	struct sockaddr_nl other = { .nl_family = AF_NETLINK, .nl_pid = 8, .nl_groups = 2 };
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	return (judge(&claim, sizeof(claim), &peer, sizeof(peer), 0) != UNRACED_INTEGRITY_MATCH) +
	       (judge(&claim, sizeof(claim), &other, sizeof(other), 0) != UNRACED_INTEGRITY_DIFFERS) +
	       (judge(&claim, sizeof(claim.nl_family), &peer, sizeof(peer), 0) != UNRACED_INTEGRITY_UNCHECKED) +
	       (judge(&none, sizeof(none), &peer, sizeof(peer), 0) != UNRACED_INTEGRITY_UNCHECKED);
}

int main(void)
{
	u32 wrong = 0, matches = 0;

	for (u32 round = 0; round < ROUNDS; round++) {
		u8 names[MOST], claim[MOST];
		u32 length = 0, claim_length = 0, count = draw(5);
		bool is, should;

		for (u32 i = 0; i < count; i++) {
			length = add(names, length, "/");
			length = add(names, length, parts[draw(sizeof(parts) / sizeof(*parts))]);
		}
		/* The claim may be relative, have additions, or have one byte changed. */
		for (u32 i = draw(3) && length ? 0 : 1; i <= length; i++) {
			if (!draw(12))
				claim_length = add(claim, claim_length, extras[draw(sizeof(extras) / sizeof(*extras))]);
			if (i < length && claim_length < MOST)
				claim[claim_length++] = names[i];
		}
		if (claim_length && !draw(4))
			claim[draw(claim_length)] = 'x';
		is = unraced_names_match(claim, claim_length, names, length);
		should = expected(claim, claim_length, names, length);
		matches += is;
		if (is != should && !wrong++)
			printf("%.*s of %.*s: %d\n", (int)claim_length, claim, (int)length, names, is);
	}
	printf("claims %u matching %u wrong %u\n", ROUNDS, matches, wrong);
	wrong += wrong_scopes() + wrong_groups();
	return wrong || !matches || matches == ROUNDS;
}
