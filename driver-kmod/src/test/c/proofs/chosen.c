/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* chosen functions|tracepoints: fails unless a capture that may choose its hooks takes these. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user.h"

int main(int count, char **arguments)
{
	struct unraced_config config = small_config(UNRACED_MITIGATION_STASH);
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);
	const char *taken;

	config.hooks = UNRACED_HOOKS_AUTO;
	if (fd < 0 || ioctl(fd, UNRACED_IOC_CONFIGURE, &config)) {
		perror(DEVICE);
		return 1;
	}
	taken = config.hooks == UNRACED_HOOKS_FUNCTION ? "functions" : "tracepoints";
	close(fd);
	printf("%s, errno %u\n", taken, config.hooks_error);
	return count != 2 || strcmp(arguments[1], taken);
}
