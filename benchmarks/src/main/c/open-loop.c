/* SPDX-License-Identifier: Apache-2.0 */
/* open-loop CALLS PATH: opens and closes a file in a loop; prints nanoseconds per round. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

int main(int argc, char **argv)
{
	long calls = argc == 3 ? atol(argv[1]) : 0;
	double start;

	if (calls < 1) {
		fprintf(stderr, "usage: open-loop CALLS PATH\n");
		return 2;
	}
	start = now();
	for (long i = 0; i < calls; i++) {
		long fd = syscall(SYS_openat, AT_FDCWD, argv[2], O_RDONLY, 0);

		if (fd >= 0)
			syscall(SYS_close, fd);
	}
	printf("%.1f\n", (now() - start) / calls);
	return 0;
}
