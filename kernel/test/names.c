// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * This test compares requested paths of all kinds with the names of a file's path, by the drivers'
 * code and by a plain loop over the components.
 */
#include <stdio.h>

#include "draw.h"
#include "expected.h"

#define ROUNDS 2000000
#define MOST 64

static const char *const parts[] = { "a",	  "b",	"ab",  "abcdefg", "abcdefgh",
				     "abcdefghi", ".a", "..a", "..." };
static const char *const extras[] = { "/", "//", ".", "./", "..", "../", "a", "/a" };
static __u32 add(__u8 *to, __u32 length, const char *text)
{
	__u32 size = strlen(text);

	if (length + size > MOST)
		return length;
	memcpy(to + length, text, size);
	return length + size;
}

int main(void)
{
	__u32 wrong = 0, matches = 0;

	for (__u32 round = 0; round < ROUNDS; round++) {
		__u8 names[MOST], requested[MOST];
		__u32 length = 0, requested_length = 0, count = draw(5);
		bool is, should;

		for (__u32 i = 0; i < count; i++) {
			length = add(names, length, "/");
			length = add(names, length, parts[draw(sizeof(parts) / sizeof(*parts))]);
		}
		/* The requested path may be relative, have additions, or have one byte changed. */
		for (__u32 i = draw(3) && length ? 0 : 1; i <= length; i++) {
			if (!draw(12))
				requested_length =
					add(requested, requested_length,
					    extras[draw(sizeof(extras) / sizeof(*extras))]);
			if (i < length && requested_length < MOST)
				requested[requested_length++] = names[i];
		}
		if (requested_length && !draw(4))
			requested[draw(requested_length)] = 'x';
		is = names_match(requested, requested_length, names, length);
		should = expected_match(requested, requested_length, names, length);
		matches += is;
		if (is != should && !wrong++)
			printf("%.*s of %.*s: %d\n", (int)requested_length, requested, (int)length,
			       names, is);
	}
	printf("paths %u matching %u wrong %u\n", ROUNDS, matches, wrong);
	return wrong || !matches || matches == ROUNDS;
}
