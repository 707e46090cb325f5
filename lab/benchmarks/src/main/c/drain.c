/* SPDX-License-Identifier: Apache-2.0 */
/*
 * drain MAP: empties a BPF ring buffer, given its map's id, for each line of input. Prints the number of records, their
 * bytes with headers, and the nanoseconds that it took. Uses libbpf, as a program in C would.
 *
 * The line "look" reads fields and the path of each record; "count" only counts.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static long records;
static long bytes;
static long seen;
static int look;
static char target[1 << 16];

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

static int take(void *context, void *data, size_t size)
{
	(void)context;
	records++;
	bytes += 8 + ((size + 7) & ~(size_t)7);
	if (look) {
		/* A consumer reads some fields of a record, and copies its text. */
		seen += *(uint32_t *)data + *((uint64_t *)data + 1) + *((uint64_t *)data + 2);
		memcpy(target, data, size);
	}
	return 0;
}

int main(int argc, char **argv)
{
	char line[16];
	struct ring_buffer *ring;
	int map;

	if (argc != 2) {
		fprintf(stderr, "usage: drain MAP\n");
		return 2;
	}
	map = bpf_map_get_fd_by_id(strtoul(argv[1], NULL, 10));
	ring = map < 0 ? NULL : ring_buffer__new(map, take, NULL, NULL);
	if (!ring) {
		perror("drain");
		return 1;
	}
	while (fgets(line, sizeof(line), stdin)) {
		double start = now();
		int result;

		look = !strncmp(line, "look", 4);
		records = bytes = 0;
		result = ring_buffer__consume(ring);
		if (result < 0) {
			fprintf(stderr, "drain: %s\n", strerror(-result));
			return 1;
		}
		printf("%ld %ld %.0f\n", records, bytes, now() - start);
		fflush(stdout);
	}
	return seen == 1;
}
