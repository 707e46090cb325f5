/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open-loop CALLS PATH: opens and closes a file in a loop; prints nanoseconds per round, those that passed and those that
 * this program was on a processor. Then the latter of a call that nobody watches, getppid.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static double now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

int main(int argc, char **argv)
{
	long calls = argc == 3 ? atol(argv[1]) : 0;
	double start, passed, busy, unwatched;

	if (calls < 1) {
		fprintf(stderr, "usage: open-loop CALLS PATH\n");
		return 2;
	}
	start = now(CLOCK_MONOTONIC);
	busy = now(CLOCK_PROCESS_CPUTIME_ID);
	for (long i = 0; i < calls; i++) {
		long fd = syscall(SYS_openat, AT_FDCWD, argv[2], O_RDONLY, 0);

		if (fd >= 0)
			syscall(SYS_close, fd);
	}
	busy = now(CLOCK_PROCESS_CPUTIME_ID) - busy;
	passed = now(CLOCK_MONOTONIC) - start;
	unwatched = now(CLOCK_PROCESS_CPUTIME_ID);
	for (long i = 0; i < calls; i++)
		syscall(SYS_getppid);
	unwatched = now(CLOCK_PROCESS_CPUTIME_ID) - unwatched;
	printf("%.1f %.1f %.1f\n", passed / calls, busy / calls, unwatched / calls);
	return 0;
}
