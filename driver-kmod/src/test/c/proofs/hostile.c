/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * hostile SECONDS SEED: a user of the device who tries to break it. Processes of some threads each share a few
 * descriptors, use them at random, and are killed before they are done. Prints the outcomes of each act with their
 * counts. Fails when an act never succeeded: a caller whose every call is refused proves nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "user.h"

#define THREADS 4
#define FILES 4
#define MAPPINGS 8
#define PREFIXES 4
#define PAGE 4096ul
#define ERRNOS 134
#define LIFE_MILLIS 2000

struct mapping {
	unsigned char *at;
	size_t length;
};

/* The threads of a process share these, races included. */
static int files[FILES];
static struct mapping mappings[MAPPINGS];
/* A read-only page, and a mapped page with an unmapped page after it. */
static unsigned char *read_only, *border;

static __thread uint64_t random_state;
static __thread sigjmp_buf trapped;
static __thread volatile bool biting;

static uint64_t draw(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state * 2685821657736338717ull;
}

static uint64_t below(uint64_t bound)
{
	return (draw() >> 16) % bound;
}

static bool once_in(uint64_t times)
{
	return !below(times);
}

static uint64_t odd_number(void)
{
	static const uint64_t numbers[] = {
		0, 1, 2, 3, 63, 64, 65, 4095, 4096, 65535, 65536, 65537, 0x7fffffff, 0x80000000, 0xffffffff,
		0x100000000, 1ull << 29, 1ull << 30, 1ull << 47, 0x7fffffffffffffff, 0xffffffffffffffff,
	};

	return once_in(4) ? draw() : numbers[below(sizeof(numbers) / sizeof(*numbers))];
}

/* Returns a pointer to this many bytes, or an invalid one. */
static void *odd_pointer(void *good, size_t length)
{
	switch (below(12)) {
	case 0:
		return NULL;
	case 1:
		return (void *)0xffff888000000000ul;
	case 2:
		return (void *)-1l;
	case 3:
		return (void *)0x00007ffffffff000ul;
	case 4:
		return memcpy(border + PAGE - length / 2, good, length / 2);
	case 5:
		return read_only;
	case 6:
		return (void *)draw();
	default:
		return good;
	}
}

/* The contents of the lists of filters. */
struct keys {
	uint32_t tgids[16];
	uint64_t cgroups[16];
	struct unraced_prefix paths[PREFIXES];
};

static void draw_keys(struct keys *keys)
{
	for (int i = 0; i < PREFIXES; i++) {
		keys->paths[i].length = once_in(4) ? (uint32_t)odd_number() : (uint32_t)below(9);
		memcpy(keys->paths[i].bytes, once_in(2) ? "/dev/null" : "/dev/zero", 10);
	}
	for (int i = 0; i < 16; i++) {
		keys->tgids[i] = (uint32_t)odd_number();
		keys->cgroups[i] = odd_number();
	}
}

static void draw_lists(struct unraced_lists *lists, struct keys *of)
{
	lists->filters = (uint32_t)below(512);
	lists->tgid_count = (uint32_t)below(8);
	lists->uid_count = (uint32_t)below(8);
	lists->cgroup_count = (uint32_t)below(8);
	lists->tgids = (uintptr_t)(once_in(9) ? odd_pointer(of->tgids, sizeof(of->tgids)) : of->tgids);
	lists->uids = (uintptr_t)(once_in(9) ? odd_pointer(of->tgids, sizeof(of->tgids)) : of->tgids);
	lists->cgroups = (uintptr_t)(once_in(9) ? odd_pointer(of->cgroups, sizeof(of->cgroups)) : of->cgroups);
	lists->mount_ns_count = (uint32_t)below(8);
	lists->path_count = (uint32_t)below(PREFIXES + 1);
	lists->mount_namespaces = (uintptr_t)(once_in(9) ? odd_pointer(of->tgids, sizeof(of->tgids)) : of->tgids);
	lists->executable_count = (uint32_t)below(8);
	lists->executables = (uintptr_t)(once_in(9) ? odd_pointer(of->cgroups, sizeof(of->cgroups)) : of->cgroups);
	lists->paths = (uintptr_t)(once_in(9) ? odd_pointer(of->paths, sizeof(of->paths)) : of->paths);
}

/* Draws a configuration that is mostly valid, with an error or two. */
static void draw_config(struct unraced_config *config, struct keys *of)
{
	/* Mode kernel is rare, as its kprobes are slow to register and unregister. */
	*config = small_config(once_in(6) ? 2 : (uint32_t)below(2));
	config->integrity = (uint32_t)below(2);
	config->ring_bytes = 1ull << (16 + below(once_in(40) ? 11 : 5));
	config->stash_entries = (uint32_t)(1 + below(1ull << below(once_in(40) ? 17 : 9)));
	config->stash_long_entries = (uint32_t)(1 + below(1ull << below(once_in(40) ? 13 : 5)));
	config->ring_per_cpu = (uint32_t)below(2);
	config->enter_events = (uint32_t)below(2);
	config->process_events = (uint32_t)below(2);
	config->hooks = (uint32_t)below(3);
	if (once_in(2))
		draw_lists(&config->lists, of);
	/* Any field can be wrong, including those that a later version adds. */
	while (once_in(4))
		((uint32_t *)config)[below(sizeof(*config) / sizeof(uint32_t))] = (uint32_t)odd_number();
}

static long configure(int fd)
{
	struct unraced_config config;
	struct keys keys;

	draw_keys(&keys);
	draw_config(&config, &keys);
	return ioctl(fd, UNRACED_IOC_CONFIGURE, once_in(6) ? odd_pointer(&config, sizeof(config)) : &config);
}

static long change_filters(int fd)
{
	struct unraced_lists lists;
	struct keys keys;

	draw_keys(&keys);
	draw_lists(&lists, &keys);
	while (once_in(6))
		((uint32_t *)&lists)[below(sizeof(lists) / sizeof(uint32_t))] = (uint32_t)odd_number();
	return ioctl(fd, UNRACED_IOC_FILTERS, once_in(6) ? odd_pointer(&lists, sizeof(lists)) : &lists);
}

static long control(int fd)
{
	static const unsigned long commands[] = {
		UNRACED_IOC_CONFIGURE, UNRACED_IOC_MITIGATION, UNRACED_IOC_STATS, UNRACED_IOC_STOP, UNRACED_IOC_WAKE,
		UNRACED_IOC_ENTER_EVENTS, UNRACED_IOC_FEATURES, UNRACED_IOC_FILTERS,
	};
	unsigned long command = commands[below(sizeof(commands) / sizeof(*commands))];
	unsigned char memory[4096];

	for (size_t i = 0; i < sizeof(memory); i += 8)
		*(uint64_t *)(memory + i) = odd_number();
	if (once_in(2))
		command ^= 1ul << below(32);
	return ioctl(fd, once_in(8) ? draw() : command, odd_pointer(memory, 512));
}

static long switch_mode(int fd)
{
	uint32_t mode = once_in(6) ? (uint32_t)odd_number() : once_in(8) ? 2 : (uint32_t)below(2);

	return ioctl(fd, UNRACED_IOC_MITIGATION, &mode);
}

static long switch_enter_events(int fd)
{
	uint32_t on = once_in(6) ? (uint32_t)odd_number() : (uint32_t)below(2);

	return ioctl(fd, UNRACED_IOC_ENTER_EVENTS, &on);
}

static long tell_stats(int fd)
{
	struct unraced_stats stats;

	return ioctl(fd, UNRACED_IOC_STATS, &stats);
}

static long stop(int fd)
{
	return ioctl(fd, once_in(2) ? UNRACED_IOC_STOP : UNRACED_IOC_WAKE);
}

static long map(int fd)
{
	static const int rights[] = {
		PROT_READ, PROT_READ | PROT_WRITE, PROT_WRITE, PROT_NONE, PROT_READ | PROT_EXEC,
		PROT_READ | PROT_WRITE | PROT_EXEC,
	};
	size_t length = PAGE * (once_in(3) ? 1 : 1 + below(1ull << below(12)));
	off_t offset = (off_t)(PAGE * (once_in(3) ? below(3) : once_in(6) ? draw() >> 16 : below(1ull << below(12))));
	unsigned char *at = mmap(NULL, once_in(50) ? odd_number() : length, rights[below(6)],
				 (once_in(5) ? MAP_PRIVATE : MAP_SHARED) | (once_in(5) ? MAP_POPULATE : 0), fd, offset);
	struct mapping *mapping = &mappings[below(MAPPINGS)];

	if (at == MAP_FAILED)
		return -1;
	/* This may overwrite an older mapping, which stays until the process ends soon. */
	mapping->length = length;
	mapping->at = at;
	return 0;
}

static void bite(struct mapping *mapping)
{
	volatile unsigned char *at = mapping->at;
	uint64_t where = below(mapping->length / 8) * 8;

	if (!sigsetjmp(trapped, 1)) {
		biting = true;
		if (once_in(3))
			*(volatile uint64_t *)(at + (once_in(2) ? below(10) * 8 : where)) = odd_number();
		(void)*(at + where);
	}
	biting = false;
}

static long use_mapping(int fd)
{
	struct mapping *place = &mappings[below(MAPPINGS)], mapping = *place;

	(void)fd;
	if (!mapping.at)
		return 0;
	switch (below(9)) {
	case 0:
		/* Other threads may be using the mapping right now. */
		place->at = NULL;
		return munmap(mapping.at, mapping.length);
	case 1:
		return mprotect(mapping.at, mapping.length, PROT_READ | (once_in(2) ? PROT_WRITE : PROT_EXEC));
	case 2:
		return mremap(mapping.at, mapping.length, mapping.length * 2, 0) == MAP_FAILED ? -1 : 0;
	case 3:
		return madvise(mapping.at, mapping.length, (int)below(26));
	case 4:
		return once_in(2) ? mlock(mapping.at, mapping.length) : munlock(mapping.at, mapping.length);
	case 5:
		return msync(mapping.at, mapping.length, MS_SYNC);
	case 6:
		/* Here the kernel itself accesses the pages, as it does for a debugger. */
		return write(files[below(FILES)], mapping.at, mapping.length);
	default:
		for (int i = 0; i < 64; i++)
			bite(&mapping);
		return 0;
	}
}

static long wait_a_moment(int fd)
{
	struct pollfd waiting = {.fd = fd, .events = (short)draw()};

	return poll(&waiting, 1, (int)below(5));
}

static long move_file(int fd)
{
	char memory[64];

	switch (below(8)) {
	case 0:
		return read(fd, memory, sizeof(memory));
	case 1:
		return pwrite(fd, memory, sizeof(memory), (off_t)odd_number());
	case 2:
		return lseek(fd, (off_t)odd_number(), (int)below(3));
	case 3:
		return ftruncate(fd, (off_t)odd_number());
	case 4:
		return fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK);
	case 5:
		return fsync(fd);
	case 6:
		return sendfile(fd, files[below(FILES)], NULL, 4096);
	default:
		return flock(fd, (int)below(9));
	}
}

static long open_file(int fd)
{
	(void)fd;
	int fresh = open(DEVICE, once_in(2) ? O_RDWR : (int)below(4) | (once_in(4) ? O_NONBLOCK : 0));

	if (fresh < 0)
		return -1;
	if (once_in(2))
		configure(fresh);
	/* Other threads may be using the descriptor that this replaces. */
	return dup2(fresh, files[below(FILES)]) < 0 ? -1 : close(fresh);
}

/* Other threads may be using the descriptor; the next open reuses its number. */
static long close_file(int fd)
{
	return close(fd);
}

static long call_something(int fd)
{
	(void)fd;
	char path[64];

	for (int i = 0; i < 20; i++) {
		snprintf(path, sizeof(path), "/dev/null%s", once_in(2) ? "" : "/none");
		int opened = open(path, O_RDONLY);

		if (opened > 0)
			close(opened);
	}
	return 0;
}

static long fork_something(int fd)
{
	pid_t child = fork();

	if (!child) {
		struct mapping *mapping = &mappings[below(MAPPINGS)];

		stop(fd);
		configure(fd);
		if (mapping->at)
			bite(mapping);
		_exit(0);
	}
	return child < 0 ? -1 : waitpid(child, NULL, 0) < 0 ? -1 : 0;
}

static const struct act {
	const char *name;
	long (*run)(int fd);
	unsigned weight;
	bool must_succeed;
} acts[] = {
	{"open", open_file, 10, true},	    {"close", close_file, 2, true},	{"configure", configure, 14, true},
	{"ioctl", control, 10, true},	    {"mitigation", switch_mode, 8, true},	{"stats", tell_stats, 5, true},
	{"entries", switch_enter_events, 5, true},
	{"filters", change_filters, 5, true},
	{"stop", stop, 2, true},	    {"mmap", map, 12, true},		{"mapping", use_mapping, 12, true},
	{"poll", wait_a_moment, 4, true},   {"file", move_file, 4, false},	{"calls", call_something, 8, true},
	{"fork", fork_something, 1, true},
};
#define ACTS (sizeof(acts) / sizeof(*acts))

/* The counts by act and errno, shared by all processes. */
static unsigned long (*outcomes)[ERRNOS];

static const struct act *draw_act(void)
{
	unsigned sum = 0, chosen;
	size_t i;

	for (i = 0; i < ACTS; i++)
		sum += acts[i].weight;
	chosen = (unsigned)below(sum);
	for (i = 0; chosen >= acts[i].weight; i++)
		chosen -= acts[i].weight;
	return &acts[i];
}

/* A trap outside of a mapping ends the process: another thread has unmapped this thread's stack or code. */
static void on_trap(int signal)
{
	if (biting)
		siglongjmp(trapped, 1);
	_exit(128 + signal);
}

static void *live(void *seed)
{
	random_state = (uint64_t)(uintptr_t)seed | 1;
	for (;;) {
		const struct act *act = draw_act();
		long result;

		/* If another thread has unmapped the stack or code of this one, the process is lost. */
		errno = 0;
		result = act->run(files[below(FILES)]);
		__atomic_fetch_add(&outcomes[act - acts][result < 0 && errno < ERRNOS ? errno : 0],
				   1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void prepare_memory(void)
{
	read_only = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	border = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(border + PAGE, PAGE);
}

static void be_hostile(uint64_t seed)
{
	struct sigaction action = {.sa_handler = on_trap, .sa_flags = SA_NODEFER};
	pthread_t thread;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	prepare_memory();
	random_state = seed | 1;
	for (int i = 0; i < FILES; i++)
		files[i] = open(DEVICE, O_RDWR);
	for (int i = 1; i < THREADS; i++)
		pthread_create(&thread, NULL, live, (void *)(uintptr_t)draw());
	live((void *)(uintptr_t)draw());
}

static int report(unsigned long processes)
{
	int failures = 0;

	printf("%lu processes\n", processes);
	for (size_t i = 0; i < ACTS; i++) {
		printf("%-11s %9lu done", acts[i].name, outcomes[i][0]);
		for (int error = 1; error < ERRNOS; error++)
			if (outcomes[i][error])
				printf(", %lu %s", outcomes[i][error], strerrorname_np(error));
		putchar('\n');
		failures += acts[i].must_succeed && !outcomes[i][0];
	}
	return failures ? 1 : 0;
}

static unsigned long now_millis(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (unsigned long)time.tv_sec * 1000 + (unsigned long)time.tv_nsec / 1000000;
}

/* Kills the process after a while, unless it has died by itself. */
static void end_after(pid_t child, unsigned long millis)
{
	unsigned long end = now_millis() + millis;

	while (now_millis() < end) {
		if (waitpid(child, NULL, WNOHANG))
			return;
		usleep(2000);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

int main(int count, char **arguments)
{
	long seconds = count == 3 ? atol(arguments[1]) : 0;
	uint64_t seed = count == 3 ? strtoull(arguments[2], NULL, 0) : 0;
	unsigned long processes = 0;
	time_t end = time(NULL) + seconds;

	if (seconds < 1) {
		fprintf(stderr, "usage: hostile SECONDS SEED\n");
		return 2;
	}
	outcomes = mmap(NULL, sizeof(*outcomes) * ACTS, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	random_state = seed * 2862933555777941757ull + 3037000493ull;
	while (time(NULL) < end) {
		uint64_t next = draw();
		pid_t child = fork();

		if (!child)
			be_hostile(next);
		end_after(child, 1 + below(LIFE_MILLIS));
		processes++;
	}
	return report(processes);
}
