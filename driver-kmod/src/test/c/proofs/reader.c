/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * reader MODE: a capture of the whole machine under a mode (0 off, 1 stash, 2 kernel), read until somebody ends it.
 * Says "reading" once it is under way.
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

int main(int count, char **arguments)
{
	struct unraced_config config = small_config(count > 1 ? (uint32_t)atoi(arguments[1]) : 1);
	size_t page = (size_t)getpagesize();
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);
	struct pollfd waiting = {.fd = fd, .events = POLLIN};
	struct unraced_reader *reader;
	uint64_t *producer;

	if (fd < 0)
		return fail(DEVICE);
	if (ioctl(fd, UNRACED_IOC_CONFIGURE, &config))
		return fail("configure");
	reader = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	producer = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, (off_t)page);
	if (reader == MAP_FAILED || producer == MAP_FAILED)
		return fail("mmap");
	puts("reading");
	fflush(stdout);
	for (;;) {
		__atomic_store_n(&reader->waiting, 1, __ATOMIC_SEQ_CST);
		poll(&waiting, 1, 10);
		__atomic_store_n(&reader->position, __atomic_load_n(producer, __ATOMIC_ACQUIRE), __ATOMIC_RELEASE);
	}
}
