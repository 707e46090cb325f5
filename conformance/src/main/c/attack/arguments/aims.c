/* SPDX-License-Identifier: Apache-2.0 */
/* The ways in which a thread works against another thread's call; each hits another window of the call. */
#include "race.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MAP_32BIT
#define MAP_32BIT 0
#endif

static const char *plain_open(struct race *race)
{
	race->memory = race->alias =
		mmap(NULL, RACE_ROOM, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	return race->memory == MAP_FAILED ? "no memory" : NULL;
}

static void plain_prepare(struct race *race)
{
	race->alias[race->at] = race->a;
}

/* Spins for a pseudo-random time up to a maximum, so that over many calls every moment of them is hit. */
static void spin(struct race *race, long most)
{
	race->chance = race->chance * 6364136223846793005UL + 1442695040888963407UL;
	long long until = now() + (long)((race->chance >> 33) % (unsigned long)(most + 1));

	while (now() < until)
		;
}

/* Waits for the caller's next call. Returns its number, or 0 at the end. */
static long next_call(struct race *race)
{
	while (race->begun == race->answered) {
		if (race->over)
			return 0;
		sched_yield();
	}
	return race->begun;
}

/* Writes b, then a, all the time, without regard to the caller. */
static void *run_loop(void *argument)
{
	struct race *race = argument;

	while (!race->over) {
		*(volatile unsigned char *)(race->alias + race->at) = race->b;
		*(volatile unsigned char *)(race->alias + race->at) = race->a;
		race->acts++;
	}
	return NULL;
}

/* Writes b once per call, at any moment from just before it to just behind it. */
static void *run_sweep(void *argument)
{
	struct race *race = argument;

	for (long call; (call = next_call(race)); race->answered = call) {
		spin(race, race->span);
		*(volatile unsigned char *)(race->alias + race->at) = race->b;
	}
	return NULL;
}

/* Writes b at any moment and then a within the same call, so that two reads that agree prove nothing. */
static void *run_back(void *argument)
{
	struct race *race = argument;

	for (long call; (call = next_call(race)); race->answered = call) {
		spin(race, race->span);
		*(volatile unsigned char *)(race->alias + race->at) = race->b;
		spin(race, race->span / 4);
		*(volatile unsigned char *)(race->alias + race->at) = race->a;
	}
	return NULL;
}

/* Writes b as soon as the call has returned, which misleads drivers that read the argument late. */
static void *run_late(void *argument)
{
	struct race *race = argument;

	for (long call; (call = next_call(race)); race->answered = call) {
		while (race->ended != call)
			sched_yield();
		*(volatile unsigned char *)(race->alias + race->at) = race->b;
	}
	return NULL;
}

/*
 * The caller's mapping is dropped before each call: the kernel faults the page in, a tracer that must not fault cannot.
 */
static const char *cold_open(struct race *race)
{
	int file = memfd_create("cold", MFD_CLOEXEC);

	if (file < 0 || ftruncate(file, RACE_ROOM))
		return "no memfd";
	race->memory = mmap(NULL, RACE_ROOM, PROT_READ, MAP_SHARED | MAP_32BIT, file, 0);
	race->alias = mmap(NULL, RACE_ROOM, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	close(file);
	return race->memory == MAP_FAILED || race->alias == MAP_FAILED ? "no memory" : NULL;
}

static void cold_prepare(struct race *race)
{
	race->alias[race->at] = race->a;
	madvise(race->memory, RACE_ROOM, MADV_DONTNEED);
}

/* The page is missing until the kernel's copy faults on it; then the other thread supplies it by userfaultfd. */
static const char *fault_open(struct race *race)
{
	struct uffdio_api api = {.api = UFFD_API};

	race->memory = map_low(RACE_ROOM);
	race->alias = map_low(RACE_ROOM);
	if (race->memory == MAP_FAILED || race->alias == MAP_FAILED)
		return "no memory";
	race->faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (race->faults < 0)
		return "userfaultfd is not permitted";
	struct uffdio_register range = {.range = {.start = (uintptr_t)race->memory, .len = RACE_ROOM},
					.mode = UFFDIO_REGISTER_MODE_MISSING};
	if (ioctl(race->faults, UFFDIO_API, &api) || ioctl(race->faults, UFFDIO_REGISTER, &range))
		return "userfaultfd does not take this memory";
	return NULL;
}

static void fault_prepare(struct race *race)
{
	race->alias[race->at] = race->a;
	madvise(race->memory, RACE_ROOM, MADV_DONTNEED);
}

static void *run_fault(void *argument)
{
	struct race *race = argument;
	struct uffd_msg message;

	while (!race->over) {
		if (read(race->faults, &message, sizeof(message)) != sizeof(message)) {
			sched_yield();
			continue;
		}
		uintptr_t page = message.arg.pagefault.address & ~(uintptr_t)(getpagesize() - 1);
		struct uffdio_copy copy = {.dst = page,
					   .src = (uintptr_t)race->alias + (page - (uintptr_t)race->memory),
					   .len = (unsigned long)getpagesize()};
		ioctl(race->faults, UFFDIO_COPY, &copy);
		spin(race, race->span);
		*(volatile unsigned char *)(race->memory + race->at) = race->b;
		race->answered = race->begun;
	}
	return NULL;
}

/* Makes the descriptor dirfd= refer to one directory and the other by turns. */
static void *run_directory(void *argument)
{
	struct race *race = argument;

	while (!race->over)
		dup2(race->directories[race->acts++ & 1], (int)race->call.fd);
	return NULL;
}

/* The aim "fuse" needs no thread: the FUSE server rewrites the path. */
static void *run_nothing(void *argument)
{
	(void)argument;
	return NULL;
}

/* Waits until the other thread has acted again, since on a busy machine it often does not run. */
static void loop_prepare(struct race *race)
{
	long before = race->acts;

	while (race->acts == before)
		sched_yield();
}

const struct aim *aim_named(const char *name)
{
	static const struct aim aims[] = {
		{"loop", plain_open, loop_prepare, run_loop, false},
		{"sweep", plain_open, plain_prepare, run_sweep, true},
		{"back", plain_open, plain_prepare, run_back, true},
		{"late", plain_open, plain_prepare, run_late, true},
		{"cold", cold_open, cold_prepare, run_sweep, true},
		{"fault", fault_open, fault_prepare, run_fault, true},
		{"fuse", fuse_open, fuse_prepare, run_nothing, false},
		{"directory", plain_open, loop_prepare, run_directory, false},
	};

	for (size_t i = 0; name && i < sizeof(aims) / sizeof(*aims); i++)
		if (!strcmp(aims[i].name, name))
			return &aims[i];
	return NULL;
}
