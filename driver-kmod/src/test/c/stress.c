// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Threads that share one stash which is too small for them, short entries and long ones, also under each other's names.
 * Each entry is its owner's key over and over, so that a torn one, or another's, shows. Built with a sanitizer.
 */
#include <inttypes.h>
#include <stdio.h>

#include "stash.h"

#define THREADS 8
#define CALLS 100000
#define NAMES 512
#define SHORT_WORDS 16
#define LONG_WORDS 128

struct tally {
	u64 puts, takes, stale, evicted, mixed;
};

static struct unraced_stash *stash;
static struct tally tallies[THREADS];

static u64 draw(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void put(struct tally *tally, u64 *random, u64 name, u64 start)
{
	u64 words[LONG_WORDS], count = 1 + draw(random) % (draw(random) % 4 ? SHORT_WORDS : LONG_WORDS), i;

	for (i = 0; i < count; i++)
		words[i] = name << 1 | start;
	unraced_stash_put(stash, name, start, 1, words, count * sizeof(u64));
	tally->puts++;
}

static void take(struct tally *tally, u64 name, u64 start)
{
	u64 words[LONG_WORDS];
	int length = unraced_stash_take(stash, name, start, 1, words, sizeof(words)), i;

	if (length < 0)
		return;
	tally->takes++;
	if (!length || length % sizeof(u64))
		tally->mixed++;
	for (i = 0; i < length / (int)sizeof(u64); i++)
		tally->mixed += words[i] != (name << 1 | start);
}

/* Writes, too: where it lies, an entry is its thread's alone. */
static bool is_other(void *entry, const void *with)
{
	u64 *word = entry, found = *word;

	*word = *(const u64 *)with;
	return found != *word;
}

static void touch(struct tally *tally, u64 name, u64 start)
{
	u64 word = name << 1 | start;

	tally->mixed += unraced_stash_touch(stash, name, start, 1, is_other, &word);
}

static void *run(void *argument)
{
	struct tally *tally = argument;
	u64 random = 88172645463325252ull + (tally - tallies), i;

	for (i = 0; i < CALLS; i++) {
		u64 name = draw(&random) % NAMES, start = draw(&random) % 8 == 0;
		u64 dice = draw(&random) % 64;
		struct unraced_books books;

		if (!dice)
			unraced_stash_discard(stash, name);
		else if (dice == 1)
			unraced_stash_read(stash, &books);
		else if (dice < 6)
			touch(tally, name, start);
		else if (dice % 2)
			put(tally, &random, name, start);
		else
			take(tally, name, start);
	}
	return NULL;
}

int main(void)
{
	struct unraced_stash_size size = {
		.entries = 64,
		.long_entries = 8,
		.short_bytes = SHORT_WORDS * sizeof(u64),
		.long_bytes = LONG_WORDS * sizeof(u64),
		.shards = 4,
		.remembered = 32,
	};
	pthread_t threads[THREADS];
	struct unraced_books books;
	struct tally sum = {};
	int i;

	stash = unraced_stash_new(&size, 20261124);
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, run, &tallies[i]))
			return 2;
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		sum.puts += tallies[i].puts;
		sum.takes += tallies[i].takes;
		sum.mixed += tallies[i].mixed;
	}
	unraced_stash_read(stash, &books);
	printf("puts %" PRIu64 " takes %" PRIu64 " evicted %" PRIu64 " stale %" PRIu64 " reclaimed %" PRIu64
	       " live %" PRIu64 " mixed up %" PRIu64 "\n",
	       (uint64_t)books.puts, (uint64_t)books.takes, (uint64_t)books.evicted, (uint64_t)books.stale,
	       (uint64_t)books.reclaimed, (uint64_t)books.live, sum.mixed);
	unraced_stash_free(stash);
	return sum.mixed || books.puts != sum.puts || books.takes != sum.takes || !books.evicted || !books.stale ||
	       books.live > books.capacity ||
	       books.puts != books.takes + books.evicted + books.stale + books.reclaimed + books.live;
}
