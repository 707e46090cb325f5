/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Configures from memory that is absent until another thread supplies it, while a third thread maps the same file. The
 * supply needs the process's memory map unlocked, and mapping locks it. So mapping must not wait for the capture's
 * lock. Fails when all three threads wait for each other.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "user.h"

#define PAGE 4096ul
#define PATIENCE_SECONDS 20

static int device, faults;
static void *missing;

static void *configure(void *result)
{
	*(int *)result = ioctl(device, UNRACED_IOC_CONFIGURE, missing);
	return NULL;
}

static void *map(void *unused)
{
	mmap(NULL, PAGE, PROT_READ, MAP_SHARED, device, 0);
	return unused;
}

static void supply(void)
{
	static unsigned char page[PAGE] __attribute__((aligned(PAGE)));
	struct uffdio_copy copy = {.dst = (uintptr_t)missing, .src = (uintptr_t)page, .len = PAGE};
	struct unraced_config config = small_config(UNRACED_MITIGATION_STASH);

	memcpy(page, &config, sizeof(config));
	if (ioctl(faults, UFFDIO_COPY, &copy))
		exit(2);
}

int main(void)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffd_msg message;
	pthread_t configuring, mapping;
	int result = -1;

	device = open(DEVICE, O_RDWR);
	faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	missing = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct uffdio_register range = {.range = {.start = (uintptr_t)missing, .len = PAGE},
					.mode = UFFDIO_REGISTER_MODE_MISSING};
	if (device < 0 || faults < 0 || ioctl(faults, UFFDIO_API, &api) || ioctl(faults, UFFDIO_REGISTER, &range)) {
		perror("cannot prepare");
		return 2;
	}
	alarm(PATIENCE_SECONDS);
	pthread_create(&configuring, NULL, configure, &result);
	if (read(faults, &message, sizeof(message)) != sizeof(message))
		return 2;
	pthread_create(&mapping, NULL, map, NULL);
	/* The mapping thread is inside mmap(2) by then. */
	usleep(300000);
	supply();
	pthread_join(mapping, NULL);
	pthread_join(configuring, NULL);
	return result ? 1 : 0;
}
