/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * lives SECONDS: opens captures with process events while processes fork, execute this program, also by another thread
 * than the first, and end, also by two threads at once. Fails when an event of a process comes after that of its end,
 * when an end is told twice, when a fork has no end, when an exec says too little, or when events are missing.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "unraced/process.h"
#include "user.h"

#define CHURNERS 3
#define IDS (1u << 22) /* PID_MAX_LIMIT */
#define SOURCES 4096
#define RING_BYTES (16ull << 20)

/* A round knows this of a process. */
struct life {
	uint64_t start;
	uint32_t round;
	uint8_t ended;
};

static struct life *lives;
static uint64_t sequences[SOURCES], events[8], wrong;

static void say_wrong(const char *what, const struct unraced_process *record)
{
	if (wrong++ < 20)
		printf("WRONG: %s: type %u, process %u, parent %u, %.16s\n", what, record->type, record->tgid,
		       record->parent_tgid, (const char *)record->comm);
}

static void take(const struct unraced_process *record, uint32_t round)
{
	struct life *life = &lives[record->tgid % IDS];
	uint64_t *sequence = &sequences[record->source % SOURCES];

	if (record->type < UNRACED_RECORD_FORK || record->type > UNRACED_RECORD_ALIVE)
		return;
	events[record->type]++;
	if (record->sequence != ++*sequence)
		say_wrong("an event is missing", record);
	if (life->round != round || life->start != record->start_ns)
		*life = (struct life){.start = record->start_ns, .round = round};
	if (life->ended)
		say_wrong(record->type == UNRACED_RECORD_EXIT ? "a second end" : "an event after the end", record);
	if (record->type == UNRACED_RECORD_EXEC &&
	    (!record->path.length || !record->arguments.length || !(record->flags & UNRACED_HAS_FILE)))
		say_wrong("an exec that says too little", record);
	if (record->type == UNRACED_RECORD_ALIVE && !record->cgroup.length)
		say_wrong("a process without a cgroup", record);
	life->ended |= record->type == UNRACED_RECORD_EXIT;
}

static void *executing(void *program)
{
	char *arguments[] = {program, "end", NULL};

	execv(program, arguments);
	return NULL;
}

static void *ending(void *unused)
{
	(void)unused;
	return NULL;
}

/* A child executes this program by either thread, or ends by two threads at once. */
static void live(char *program, unsigned int how)
{
	pthread_t thread;

	if (how % 3 == 0)
		executing(program);
	pthread_create(&thread, NULL, how % 3 == 1 ? executing : ending, program);
	if (how % 3 == 1)
		pause();
	/* The thread ends now, and the first one with it. */
	syscall(SYS_exit, 0);
}

static void churn(char *program, int until)
{
	char byte;

	fcntl(until, F_SETFL, O_NONBLOCK);
	for (unsigned int how = 0; read(until, &byte, 1) != 0; how++) {
		pid_t child = fork();

		if (!child)
			live(program, how);
		waitpid(child, NULL, 0);
	}
	_exit(0);
}

/* Calls a function with each record of a capture that has stopped; the ring is larger than a round needs. */
static void each_record(const uint8_t *pages, void (*call)(const struct unraced_process *record, uint32_t round),
			uint32_t round)
{
	size_t page = (size_t)getpagesize();
	uint64_t end = *(const uint64_t *)(pages + page);

	for (uint64_t at = 0; at < end;) {
		const uint8_t *header = pages + 2 * page + at % RING_BYTES;

		call((const void *)(header + 8), round);
		at += (*(const uint32_t *)header + 8 + 7) & ~7ull;
	}
}

/* Each child of these processes was waited for before the capture stopped. */
static pid_t churners[CHURNERS];

static void settle(const struct unraced_process *record, uint32_t round)
{
	const struct life *life = &lives[record->tgid % IDS];

	(void)round;
	for (int i = 0; record->type == UNRACED_RECORD_FORK && i < CHURNERS; i++)
		if (record->forker == (uint32_t)churners[i] && !life->ended)
			say_wrong("a fork without an end", record);
}

static void one_round(char *program, uint32_t round)
{
	struct unraced_config config = small_config(UNRACED_MITIGATION_OFF);
	size_t size = 2 * (size_t)getpagesize() + 2 * RING_BYTES;
	int pipes[2], fd = open(DEVICE, O_RDWR | O_CLOEXEC);
	uint8_t *pages;

	config.syscalls = 1u << UNRACED_CONNECT;
	config.ring_bytes = RING_BYTES;
	config.process_events = 1;
	if (fd < 0 || pipe(pipes))
		exit(2);
	for (int i = 0; i < CHURNERS; i++) {
		churners[i] = fork();
		if (!churners[i]) {
			close(pipes[1]);
			churn(program, pipes[0]);
		}
	}
	usleep(20000);
	if (ioctl(fd, UNRACED_IOC_CONFIGURE, &config))
		exit(3);
	usleep(100000);
	close(pipes[1]);
	for (int i = 0; i < CHURNERS; i++)
		waitpid(churners[i], NULL, 0);
	ioctl(fd, UNRACED_IOC_STOP);
	pages = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (pages == MAP_FAILED)
		exit(4);
	memset(sequences, 0, sizeof(sequences));
	each_record(pages, take, round);
	each_record(pages, settle, round);
	munmap(pages, size);
	close(pipes[0]);
	close(fd);
}

int main(int count, char **arguments)
{
	time_t until = time(NULL) + (count > 1 ? atoi(arguments[1]) : 10);
	uint32_t round = 0;

	if (count > 1 && !strcmp(arguments[1], "end"))
		return 0;
	lives = calloc(IDS, sizeof(*lives));
	if (!lives)
		return 5;
	do
		one_round("/proc/self/exe", ++round);
	while (time(NULL) < until);
	printf("lives: %u captures, %llu alive, %llu forks, %llu execs, %llu ends, %llu wrong\n", round,
	       (unsigned long long)events[UNRACED_RECORD_ALIVE], (unsigned long long)events[UNRACED_RECORD_FORK],
	       (unsigned long long)events[UNRACED_RECORD_EXEC], (unsigned long long)events[UNRACED_RECORD_EXIT],
	       (unsigned long long)wrong);
	return wrong || !events[UNRACED_RECORD_EXIT];
}
