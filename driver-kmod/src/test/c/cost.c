// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Measures what the loaded module adds to an open and close, and to an unwatched call, by mode: the process's own time
 * per round. In a guest whose clock counts instructions (conformance/vm/run --accel icount) a nanosecond is one
 * instruction.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/device.h"
#include "unraced/record.h"

#define ROUNDS 2000
#define FILTERED UNRACED_FILTER_TGIDS

static const struct way {
	const char *name;
	unsigned int mitigation;
	unsigned int integrity;
	unsigned int filters;
	unsigned int ring_per_cpu;
	unsigned int enter_events;
	unsigned int hooks;
} ways[] = {
	{ "off", UNRACED_MITIGATION_OFF, 1, UNRACED_FILTER_SELF, 0, 0, UNRACED_HOOKS_FUNCTION },
	{ "stash, integrity off", UNRACED_MITIGATION_STASH, 0, UNRACED_FILTER_SELF, 0, 0, UNRACED_HOOKS_FUNCTION },
	{ "stash", UNRACED_MITIGATION_STASH, 1, UNRACED_FILTER_SELF, 0, 0, UNRACED_HOOKS_FUNCTION },
	{ "stash, ring per CPU", UNRACED_MITIGATION_STASH, 1, UNRACED_FILTER_SELF, 1, 0, UNRACED_HOOKS_FUNCTION },
	{ "stash, enter events", UNRACED_MITIGATION_STASH, 1, UNRACED_FILTER_SELF, 0, 1, UNRACED_HOOKS_FUNCTION },
	{ "stash, filtered", UNRACED_MITIGATION_STASH, 1, FILTERED, 0, 0, UNRACED_HOOKS_FUNCTION },
	{ "kernel", UNRACED_MITIGATION_KERNEL, 1, UNRACED_FILTER_SELF, 0, 0, UNRACED_HOOKS_FUNCTION },
	{ "off, tracepoints", UNRACED_MITIGATION_OFF, 1, UNRACED_FILTER_SELF, 0, 0, UNRACED_HOOKS_TRACEPOINT },
	{ "stash, tracepoints", UNRACED_MITIGATION_STASH, 1, UNRACED_FILTER_SELF, 0, 0, UNRACED_HOOKS_TRACEPOINT },
	{ "kernel, tracepoints", UNRACED_MITIGATION_KERNEL, 1, UNRACED_FILTER_SELF, 0, 0, UNRACED_HOOKS_TRACEPOINT },
};

static double own_time(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

static void open_close(const char *path)
{
	long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0);

	if (fd >= 0)
		syscall(SYS_close, fd);
}

static double per_round(int watched, const char *path)
{
	double begun = own_time();

	for (int i = 0; i < ROUNDS; i++) {
		if (watched)
			open_close(path);
		else
			syscall(SYS_getppid);
	}
	return (own_time() - begun) / ROUNDS;
}

/* Measures in a child process, as the capturing process is left out. */
static void measure(double *costs, const char *path)
{
	int pipe_ends[2];
	pid_t child;

	if (pipe(pipe_ends) || (child = fork()) < 0)
		exit(1);
	if (!child) {
		per_round(1, path);
		costs[0] = per_round(1, path);
		costs[1] = per_round(0, path);
		_exit(write(pipe_ends[1], costs, 2 * sizeof(*costs)) < 0);
	}
	if (read(pipe_ends[0], costs, 2 * sizeof(*costs)) != 2 * sizeof(*costs))
		exit(1);
	waitpid(child, NULL, 0);
	close(pipe_ends[0]);
	close(pipe_ends[1]);
}

static int start(const struct way *way)
{
	unsigned int nobody = 1;
	struct unraced_config config = {
		.version = UNRACED_DEVICE_VERSION,
		.size = sizeof(config),
		.mitigation = way->mitigation,
		.integrity = way->integrity,
		.syscalls = 1u << UNRACED_OPENAT,
		.ring_bytes = 64 << 20,
		.ring_per_cpu = way->ring_per_cpu,
		.enter_events = way->enter_events,
		.hooks = way->hooks,
		.stash_entries = 8192,
		.stash_long_entries = 256,
		.lists = {
			.filters = way->filters,
			.tgid_count = way->filters & FILTERED ? 1 : 0,
			.tgids = (unsigned long)&nobody,
		},
	};
	int fd = open("/dev/unraced", O_RDWR | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, UNRACED_IOC_CONFIGURE, &config)) {
		perror(way->name);
		exit(1);
	}
	return fd;
}

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "/etc/hostname";
	double bare[2], costs[2];

	setvbuf(stdout, NULL, _IOLBF, 0);
	measure(bare, path);
	printf("%-24s %8s %8s\n", "way", "open", "getppid");
	printf("%-24s %8.0f %8.0f\n", "none", bare[0], bare[1]);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		int fd = start(&ways[i]);

		measure(costs, path);
		close(fd);
		printf("%-24s %+8.0f %+8.0f\n", ways[i].name, costs[0] - bare[0], costs[1] - bare[1]);
	}
	return 0;
}
