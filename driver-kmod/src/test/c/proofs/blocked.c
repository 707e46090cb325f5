/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * blocked THREADS [HOOKS]: threads open FIFOs for reading, which blocks each of them, while a capture runs; then others
 * open them for writing. Fails unless each open is an event. HOOKS is an enum unraced_hooks; without it functions.
 *
 * blocked held THREADS: the capture ends while the threads are blocked. Prints "held", and lets them go on SIGUSR1.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "user.h"

#define STACK (64ul << 10)
#define MOST 4096

static int begun;
static const char *directory = "/run/blocked";

static void path_of(char *path, size_t size, long number)
{
	snprintf(path, size, "%s/%ld", directory, number);
}

static void *open_to_read(void *number)
{
	char path[64];
	int fd;

	path_of(path, sizeof(path), (long)number);
	__atomic_add_fetch(&begun, 1, __ATOMIC_SEQ_CST);
	fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0);
	if (fd >= 0)
		close(fd);
	return NULL;
}

static int fail(const char *what)
{
	perror(what);
	exit(1);
}

static void block(pthread_t *threads, int count)
{
	pthread_attr_t attributes;
	char path[64];

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK);
	mkdir(directory, 0700);
	for (long i = 0; i < count; i++) {
		path_of(path, sizeof(path), i);
		unlink(path);
		if (mkfifo(path, 0600) || pthread_create(&threads[i], &attributes, open_to_read, (void *)i))
			fail(path);
	}
	while (__atomic_load_n(&begun, __ATOMIC_SEQ_CST) < count)
		usleep(1000);
	/* The last of them may not have entered its call yet. */
	usleep(500000);
}

static void release(pthread_t *threads, int count)
{
	char path[64];

	for (int i = 0; i < count; i++) {
		int fd;

		path_of(path, sizeof(path), i);
		fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY, 0);
		if (fd < 0)
			fail(path);
		pthread_join(threads[i], NULL);
		close(fd);
	}
}

static uint64_t sum(const struct unraced_counters *rows, uint64_t count, size_t field)
{
	uint64_t total = 0;

	for (uint64_t i = 0; i < count; i++)
		total += *(const uint64_t *)((const char *)&rows[i] + field);
	return total;
}

static int start(struct unraced_config *config, uint32_t hooks)
{
	uint32_t self = (uint32_t)getpid();
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);

	*config = small_config(UNRACED_MITIGATION_STASH);
	config->stash_entries = 2 * MOST;
	config->ring_bytes = 16 << 20;
	config->lists.filters = UNRACED_FILTER_TGIDS;
	config->lists.tgid_count = 1;
	config->lists.tgids = (uintptr_t)&self;
	config->hooks = hooks;
	if (fd < 0 || ioctl(fd, UNRACED_IOC_CONFIGURE, config))
		fail(DEVICE);
	if (config->hooks != hooks)
		fail("other hooks");
	return fd;
}

static int hold(int count)
{
	static pthread_t threads[MOST];
	struct unraced_config config;
	int fd = start(&config, UNRACED_HOOKS_FUNCTION), received;
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	block(threads, count);
	close(fd);
	puts("held");
	fflush(stdout);
	sigwait(&signals, &received);
	release(threads, count);
	return 0;
}

int main(int count, char **arguments)
{
	static pthread_t threads[MOST];
	int is_held = count > 2 && !strcmp(arguments[1], "held");
	int blocked = count > 1 ? atoi(arguments[is_held ? 2 : 1]) : 200;
	uint32_t hooks = count > 2 && !is_held ? (uint32_t)atoi(arguments[2]) : UNRACED_HOOKS_FUNCTION;
	struct unraced_config config;
	const struct unraced_counters *rows;
	uint64_t submitted, full;
	int fd;

	if (blocked < 1 || blocked > MOST)
		return 2;
	if (is_held)
		return hold(blocked);
	fd = start(&config, hooks);
	rows = mmap(NULL, config.counter_rows * sizeof(*rows), PROT_READ, MAP_SHARED, fd,
		    (off_t)config.counters_offset);
	if (rows == MAP_FAILED)
		fail("mmap");
	block(threads, blocked);
	release(threads, blocked);
	submitted = sum(rows, config.counter_rows, offsetof(struct unraced_counters, submitted));
	full = sum(rows, config.counter_rows, offsetof(struct unraced_counters, ring_full));
	printf("%d blocked opens: %llu events of %d calls, ring full %llu\n", blocked, (unsigned long long)submitted,
	       2 * blocked, (unsigned long long)full);
	return submitted != 2ull * (unsigned)blocked;
}
