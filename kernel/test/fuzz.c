// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * This fuzzer has the drivers compare bytes that an attacker chooses. A sanitizer sees reads
 * outside of them. Names have to match where a plain comparison says so, and an address has to be
 * that of a peer with the same bytes.
 */
#include "expected.h"
#include "unraced/address.h"

int LLVMFuzzerTestOneInput(const __u8 *bytes, size_t size);

static void compare_names(const __u8 *bytes, __u32 length, __u32 names_length)
{
	const __u8 *names = bytes + length;

	/* A walk gives names of one slash each, and no "." or "..". */
	for (__u32 at = 0; at < names_length; at++) {
		__u32 next = at + 1;

		while (next < names_length && names[next] != '/')
			next++;
		if (names[at] != '/' || next - at < 2 || (next - at == 2 && names[at + 1] == '.') ||
		    (next - at == 3 && names[at + 1] == '.' && names[at + 2] == '.'))
			return;
		at = next - 1;
	}
	if (length && names_match(bytes, length, names, names_length) !=
			      expected_match(bytes, length, names, names_length))
		abort();
}

static void judge_addresses(const __u8 *bytes, __u32 length, __u32 peer_length)
{
	__u8 *left = with_room(bytes, length), *right = with_room(bytes + length, peer_length);
	struct unraced_comparison to = {
		.requested = left, .other = right, .length = length, .end = peer_length
	};
	struct unraced_comparison self = {
		.requested = left, .other = left, .length = length, .end = length
	};

	/*
	 * The drivers' peer has the size of its family at least; the record's tail goes on behind a
	 * shorter one.
	 */
	if (peer_length >= sizeof(struct unraced_in6) &&
	    unraced_have_families(length, peer_length))
		unraced_judge_address(&to, 2);
	/* The kernel makes one group of several. */
	if (length >= sizeof(struct unraced_in6) && left[0] != UNRACED_AF_NETLINK &&
	    !unraced_names_no_peer(left) &&
	    unraced_judge_address(&self, 0) == UNRACED_INTEGRITY_DIFFERS)
		abort();
	free(left);
	free(right);
}

int LLVMFuzzerTestOneInput(const __u8 *bytes, size_t size)
{
	__u32 length, rest;

	if (size < 2 || size > UNRACED_PATH_MAX)
		return 0;
	rest = size - 2;
	length = rest ? bytes[1] % (rest + 1) : 0;
	if (bytes[0] & 1)
		compare_names(bytes + 2, length, rest - length);
	else if (rest <= 2 * UNRACED_ADDRESS_MAX && length <= UNRACED_ADDRESS_MAX &&
		 rest - length <= UNRACED_ADDRESS_MAX)
		judge_addresses(bytes + 2, length, rest - length);
	return 0;
}
