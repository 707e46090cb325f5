// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Threads share a stash that is too small for them, with short and long entries, also under each other's names. Each
 * entry repeats its owner's key, so that a torn or foreign entry shows. A second stash has pairs as keys, and room for
 * all of them, so its counts by edits must be exact. Built with a sanitizer.
 */
#include <inttypes.h>
#include <stdio.h>

#include "stash/stash.h"

#define THREADS 8
#define CALLS 100000
#define NAMES 512
#define SHORT_WORDS 16
#define LONG_WORDS 128
/* There are twice as many pairs, which share their names and their starts with others. */
#define PAIR_NAMES 16

struct tally {
	u64 puts, takes, stale, evicted, mixed;
	u64 edits[PAIR_NAMES][2];
};

struct counted {
	u64 name;
	u64 start;
	u64 count;
};

static struct unraced_stash *stash, *pairs;
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

/* Writes the entry in place as well, which belongs to its thread alone. */
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

/* Counts edits of a pair that no thread removes: it must be new once, and never hold another pair's data. */
static bool count_edit(const struct unraced_edit *found, void *with)
{
	struct counted *counted = found->entry, *expected = with;

	if (!found->known)
		*counted = (struct counted){ .name = expected->name, .start = expected->start };
	expected->count = counted->name != expected->name || counted->start != expected->start || found->evicted ||
			  found->lossy;
	counted->count++;
	return true;
}

static void edit(struct tally *tally, u64 name, u64 start)
{
	struct counted expected = { .name = name, .start = start };

	if (!unraced_stash_edit(pairs, name, start, 0, true, count_edit, &expected))
		tally->mixed++;
	tally->mixed += expected.count;
	tally->edits[name][start]++;
}

/* Compares the counts in the entries with those of the threads. */
static u64 wrong_counts(void)
{
	u64 name, start, wrong = 0;
	int i;

	for (name = 0; name < PAIR_NAMES; name++)
		for (start = 0; start < 2; start++) {
			struct counted counted = {};
			u64 expected = 0;

			for (i = 0; i < THREADS; i++)
				expected += tallies[i].edits[name][start];
			unraced_stash_take(pairs, name, start, 0, &counted, sizeof(counted));
			wrong += counted.count != expected;
		}
	return wrong;
}

static void *run(void *argument)
{
	struct tally *tally = argument;
	u64 random = 88172645463325252ull + (tally - tallies), i;

	for (i = 0; i < CALLS; i++) {
		u64 name = draw(&random) % NAMES, start = draw(&random) % 8 == 0;
		u64 dice = draw(&random) % 64;
		struct unraced_stats stats;

		if (!dice)
			unraced_stash_discard(stash, name);
		else if (dice == 1)
			unraced_stash_read(stash, &stats);
		else if (dice < 6)
			touch(tally, name, start);
		else if (dice < 10)
			edit(tally, name % PAIR_NAMES, start);
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
	struct unraced_stash_size pairs_size =
		unraced_stash_table_size(4 * 2 * PAIR_NAMES * THREADS, sizeof(struct counted), true, 2);
	pthread_t threads[THREADS];
	struct unraced_stats stats;
	struct tally sum = {};
	int i;

	stash = unraced_stash_new(&size, 20261124);
	pairs = unraced_stash_new(&pairs_size, 20261126);
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, run, &tallies[i]))
			return 2;
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		sum.puts += tallies[i].puts;
		sum.takes += tallies[i].takes;
		sum.mixed += tallies[i].mixed;
	}
	sum.mixed += wrong_counts();
	unraced_stash_read(stash, &stats);
	printf("puts %" PRIu64 " takes %" PRIu64 " evicted %" PRIu64 " stale %" PRIu64 " reclaimed %" PRIu64
	       " live %" PRIu64 " mixed up %" PRIu64 "\n",
	       (uint64_t)stats.puts, (uint64_t)stats.takes, (uint64_t)stats.evicted, (uint64_t)stats.stale,
	       (uint64_t)stats.reclaimed, (uint64_t)stats.live, sum.mixed);
	printf("shards of a table %u, of a small one %u\n", pairs_size.shards,
	       unraced_stash_table_size(256, sizeof(struct counted), true, 2).shards);
	unraced_stash_free(stash);
	unraced_stash_free(pairs);
	return sum.mixed || stats.puts != sum.puts || stats.takes != sum.takes || !stats.evicted || !stats.stale ||
	       stats.live > stats.capacity ||
	       stats.puts != stats.takes + stats.evicted + stats.stale + stats.reclaimed + stats.live;
}
