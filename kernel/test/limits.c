// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * This test has threads take tokens of the same users and cgroups at once. Together they get the
 * tokens of one burst, and never more. It is built with the sanitizer for threads.
 */
#include <pthread.h>
#include <stdio.h>

#include "unraced/limits.h"

#define THREADS 4
#define EVENTS 20000
#define USERS 3
#define LIMIT 1000

static struct unraced_bucket_group users[UNRACED_LIMIT_GROUPS], cgroups[UNRACED_LIMIT_GROUPS];
static __u32 taken[THREADS][USERS];

static struct unraced_bucket_group *group_at(void *table, __u32 index)
{
	return (struct unraced_bucket_group *)table + index;
}

static void *take(void *of)
{
	struct unraced_limit limit = { .users = users, .cgroups = cgroups, .seed = 7 };
	__u32 *mine = of;

	limit.user_interval = 1000000000 / LIMIT;
	limit.cgroup_interval = 1000000000 / (LIMIT / 2);
	for (__u32 event = 0; event < EVENTS; event++) {
		/* The users 0 and 1 share a cgroup, whose limit is half of a user's. */
		__u32 uid = event % USERS;

		mine[uid] +=
			!unraced_takes_no_tokens(&limit, group_at, uid / 2 + 1, uid, 5000000000ull);
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];
	__u32 by_cgroup[2] = {}, wrong;

	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, take, taken[i]))
			return 2;
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		for (__u32 uid = 0; uid < USERS; uid++)
			by_cgroup[uid / 2] += taken[i][uid];
	}
	/*
	 * A race may cost a token, as another thread gives back what it took too much; it never
	 * gains one.
	 */
	wrong = by_cgroup[0] > LIMIT / 2 || by_cgroup[1] > LIMIT / 2 || !by_cgroup[0] ||
		!by_cgroup[1];
	printf("tokens %u %u wrong %u\n", by_cgroup[0], by_cgroup[1], wrong);
	return wrong;
}
