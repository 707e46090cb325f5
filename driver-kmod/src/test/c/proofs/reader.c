/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * reader MODE: captures the whole machine in a mode (0 off, 1 stash, 2 kernel), and reads until it is killed. In mode
 * stash it uses a ring for each CPU, enter events and process events. It changes the filters all the time, so that
 * several generations are there whenever it is killed. Prints "reading" once it is under way.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "user.h"

static int fail(const char *what)
{
	perror(what);
	return 1;
}

struct ring {
	struct unraced_reader *reader;
	uint64_t *producer;
};

static int map_ring(int fd, off_t at, struct ring *ring)
{
	size_t page = (size_t)getpagesize();

	ring->reader = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, at);
	ring->producer = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, at + (off_t)page);
	return ring->reader == MAP_FAILED || ring->producer == MAP_FAILED;
}

static void consume(struct ring *ring)
{
	__atomic_store_n(&ring->reader->position, __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE), __ATOMIC_RELEASE);
}

static int change_filters(int fd, uint32_t round)
{
	static struct unraced_prefix path = {.length = 4, .bytes = "/dev"};
	uint32_t tgids[] = {1, round + 2};
	struct unraced_lists lists = {
		.filters = round & 1 ? UNRACED_FILTER_TGIDS | UNRACED_FILTER_PATHS : 0,
		.tgid_count = 2,
		.tgids = (uintptr_t)tgids,
		.path_count = 1,
		.paths = (uintptr_t)&path,
	};

	return ioctl(fd, UNRACED_IOC_FILTERS, &lists);
}

int main(int count, char **arguments)
{
	struct unraced_config config = small_config(count > 1 ? (uint32_t)atoi(arguments[1]) : 1);
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);
	struct pollfd waiting = {.fd = fd, .events = POLLIN};
	struct ring *rings;

	if (fd < 0)
		return fail(DEVICE);
	config.ring_per_cpu = config.mitigation == UNRACED_MITIGATION_STASH;
	config.enter_events = config.process_events = config.ring_per_cpu;
	if (ioctl(fd, UNRACED_IOC_CONFIGURE, &config))
		return fail("configure");
	rings = calloc(config.ring_count, sizeof(*rings));
	for (uint64_t i = 0; rings && i < config.ring_count; i++)
		if (map_ring(fd, (off_t)(i * 2 * ((uint64_t)getpagesize() + config.ring_bytes)), &rings[i]))
			return fail("mmap");
	puts("reading");
	fflush(stdout);
	for (uint32_t round = 0;; round++) {
		if (change_filters(fd, round))
			return fail("filters");
		__atomic_store_n(&rings->reader->waiting, 1, __ATOMIC_SEQ_CST);
		poll(&waiting, 1, 10);
		for (uint64_t i = 0; i < config.ring_count; i++)
			consume(&rings[i]);
	}
}
