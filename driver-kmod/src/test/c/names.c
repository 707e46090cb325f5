// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Claims of all kinds against the names of a file's way, judged by the module's code and by a plain reading of what it
 * promises: component by component, in no hurry.
 */
#include <stdio.h>

#include "compare.h"

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

/* The next component from a place on, and the place after it. */
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
		/* A relative one, or with something put in, or a byte that is another. */
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
	return wrong || !matches || matches == ROUNDS;
}
