/* SPDX-License-Identifier: Apache-2.0 */
/* Thousands of threads that block in opens at the same time, each under a name of its own. */
#include "actor.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MOST_THREADS 4096
#define STACK_SIZE (32 * 1024)
#define LONGEST_PAUSE_MICROS 2000

struct queue {
	const char *fifo;
	const char *directory;
	long rounds;
	long done; /* threads that are done */
};

/* The name is the thread's id, so an event with another thread's path gives itself away; the mode is the round. */
static void *wait_in_line(void *argument)
{
	struct queue *queue = argument;
	char path[512];

	snprintf(path, sizeof(path), "%s/%d", queue->directory, own_tid());
	if (symlink(queue->fifo, path))
		_exit(3);
	for (long round = 0; round < queue->rounds; round++) {
		long fd = watched_openat(ABI_NATIVE, AT_FDCWD, path, O_RDONLY, round);

		if (fd >= 0)
			close((int)fd);
	}
	unlink(path);
	__atomic_fetch_add(&queue->done, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/*
 * Opens the fifo for both at random moments, which ends the opens that wait, until all threads are done. Returns how
 * often.
 */
static long let_pass(struct queue *queue, int threads)
{
	unsigned long chance = 88172645463325252ul;
	long releases = 0;

	while (__atomic_load_n(&queue->done, __ATOMIC_SEQ_CST) < threads) {
		chance = chance * 6364136223846793005ul + 1442695040888963407ul;
		pause_micros((long)((chance >> 33) % LONGEST_PAUSE_MICROS));
		long fd = watched_openat(ABI_NATIVE, AT_FDCWD, queue->fifo, O_RDWR, 0);

		if (fd >= 0)
			close((int)fd);
		releases++;
	}
	return releases;
}

/* Has T threads open the fifo N times each, by a link of their own in the directory. */
void command_queue(void)
{
	size_t length;
	int threads = (int)line_number("threads", 1);
	char *fifo = (char *)line_bytes("path", &length), *directory = (char *)line_bytes("directory", &length);
	struct queue queue = {.fifo = fifo, .directory = directory, .rounds = line_number("rounds", 1)};
	pthread_t *workers = calloc(MOST_THREADS, sizeof(*workers));
	pthread_attr_t small;

	if (!fifo || !directory || length > 400 || threads < 1 || threads > MOST_THREADS || !workers) {
		fail("queue needs path=HEX, directory=HEX of at most 400 bytes and 1 to %d threads", MOST_THREADS);
	} else {
		pthread_attr_init(&small);
		pthread_attr_setstacksize(&small, STACK_SIZE);
		for (int i = 0; i < threads; i++)
			if (pthread_create(&workers[i], &small, wait_in_line, &queue))
				_exit(3);
		long releases = let_pass(&queue, threads);
		for (int i = 0; i < threads; i++)
			pthread_join(workers[i], NULL);
		reply_begin();
		reply("calls=%ld releases=%ld tid=%d", queue.rounds * threads, releases, own_tid());
		reply_end();
	}
	free(workers);
	free(directory);
	free(fifo);
}
