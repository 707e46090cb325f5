/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Asks for more memory than its cgroup has. The module must refuse that, and grant a smaller request afterwards. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "user.h"

static int configure(struct unraced_config config)
{
	int fd = open(DEVICE, O_RDWR), error;

	if (fd < 0)
		return errno;
	error = ioctl(fd, UNRACED_IOC_CONFIGURE, &config) ? errno : 0;
	close(fd);
	return error;
}

int main(void)
{
	struct unraced_config small = small_config(UNRACED_MITIGATION_STASH), many = small, wide = small, large = small;
	int errors[4];

	many.stash_entries = 1 << 20;
	wide.stash_long_entries = 1 << 16;
	large.ring_bytes = 1 << 29;
	errors[0] = configure(many);
	errors[1] = configure(wide);
	errors[2] = configure(large);
	errors[3] = configure(small);
	printf("too many entries: %d, too many long ones: %d, too large a ring: %d, little: %d\n", errors[0], errors[1],
	       errors[2], errors[3]);
	return errors[0] != ENOMEM || errors[1] != ENOMEM || errors[2] != ENOMEM || errors[3];
}
