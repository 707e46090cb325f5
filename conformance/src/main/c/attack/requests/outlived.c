/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A batch on an io_uring that outlives its own worker: the worker closes the descriptor of the
 * batch's first open, opens another file under the same number, and ends while the last request of
 * the batch still runs. A userfaultfd holds that request.
 */
#include "actor.h"
#include "ring.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A worker that has nothing to do ends after five seconds, if it runs on a processor that it should not run on. */
#define PATIENCE_NANOS 20000000000LL
#define ROUND_SECONDS 30
#define REQUESTS 5
/* The file a has this size, and b another one, so that a read tells which one it read. */
#define SIZE_A 2
#define SIZE_B 1

struct outlived {
	struct ring ring;
	struct bytes a, b;
	char *page;
	int faults;
	cpu_set_t allowed;
	long results[REQUESTS];
	/* The number of completions that came before that of each request. */
	unsigned order[REQUESTS];
	char read[SIZE_A];
	/* The child that holds the batch sets this when the worker is gone, in memory that both share. */
	volatile bool *gone;
};

static cpu_set_t processor(const cpu_set_t *allowed, int n)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET(cpu, allowed) && n-- == 0) {
			CPU_SET(cpu, &one);
			break;
		}
	}
	return one;
}

/*
 * Moves the workers of a process's first thread to a processor that is none of theirs. Returns how many there are. A
 * worker has the id of its submitter in its name; the last worker of another thread, such as one of SQPOLL, never ends.
 */
static int misplace_workers(pid_t owner, const cpu_set_t *wrong)
{
	char path[64], name[32], wanted[32];
	int count = 0;

	snprintf(wanted, sizeof(wanted), "iou-wrk-%d\n", owner);
	snprintf(path, sizeof(path), "/proc/%d/task", owner);
	DIR *threads = opendir(path);
	for (struct dirent *entry; threads && (entry = readdir(threads));) {
		snprintf(path, sizeof(path), "/proc/%d/task/%.10s/comm", owner, entry->d_name);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t length = fd < 0 ? 0 : read(fd, name, sizeof(name) - 1);

		close(fd);
		if (length != (ssize_t)strlen(wanted) || memcmp(name, wanted, strlen(wanted)))
			continue;
		count++;
		sched_setaffinity(atoi(entry->d_name), sizeof(*wrong), wrong);
	}
	if (threads)
		closedir(threads);
	return count;
}

/* Holds the batch until no worker is left, then gives it the page that it waits for. */
static void hold(const struct outlived *outlived)
{
	cpu_set_t wrong = processor(&outlived->allowed, 1);
	struct uffd_msg message;
	struct uffdio_zeropage page = {.range = {.start = (uintptr_t)outlived->page, .len = (size_t)getpagesize()}};
	long long until = now() + PATIENCE_NANOS;

	if (read(outlived->faults, &message, sizeof(message)) != sizeof(message))
		_exit(2);
	while (misplace_workers(getppid(), &wrong) && now() < until)
		pause_micros(100000);
	*outlived->gone = now() < until;
	ioctl(outlived->faults, UFFDIO_ZEROPAGE, &page);
	_exit(0);
}

/* Makes a page that is not there until hold() gives it. */
static bool page_open(struct outlived *outlived)
{
	size_t size = (size_t)getpagesize();
	struct uffdio_api api = {.api = UFFD_API};

	outlived->page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	outlived->faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	struct uffdio_register range = {.range = {.start = (uintptr_t)outlived->page, .len = size},
					.mode = UFFDIO_REGISTER_MODE_MISSING};
	return outlived->page != MAP_FAILED && outlived->faults >= 0 && !ioctl(outlived->faults, UFFDIO_API, &api) &&
	       !ioctl(outlived->faults, UFFDIO_REGISTER, &range);
}

static struct io_uring_sqe *add(struct outlived *outlived, int opcode, int fd, const void *address, unsigned flags)
{
	struct io_uring_sqe *request = ring_next(&outlived->ring);

	request->opcode = (unsigned char)opcode;
	request->fd = fd;
	request->addr = (uintptr_t)address;
	request->flags = (unsigned char)flags;
	request->user_data = *outlived->ring.tail % REQUESTS;
	ring_push(&outlived->ring);
	return request;
}

static void finish(struct outlived *outlived)
{
	for (unsigned taken = 0; taken < REQUESTS; taken++) {
		struct completion completion = ring_await(&outlived->ring);

		outlived->results[completion.user_data % REQUESTS] = completion.result;
		outlived->order[completion.user_data % REQUESTS] = taken;
	}
}

static char letter_of_size(long size)
{
	return size == SIZE_A ? 'a' : size == SIZE_B ? 'b' : 'x';
}

/* Submits one batch. Writes the letters of both opens in the order in which they ended. Returns whether it won. */
static bool play_round(struct outlived *outlived, char *truth)
{
	struct stat status;
	int fd = dup(0);
	int held = open_unwatched((char *)outlived->a.address, O_RDONLY);
	pid_t child = fork_child();

	if (!child)
		hold(outlived);
	close(fd);
	add(outlived, IORING_OP_OPENAT, AT_FDCWD, outlived->a.address, 0);
	add(outlived, IORING_OP_READ, fd, outlived->read, 0)->len = SIZE_A;
	add(outlived, IORING_OP_CLOSE, fd, NULL, IOSQE_ASYNC | IOSQE_IO_LINK);
	add(outlived, IORING_OP_OPENAT, AT_FDCWD, outlived->b.address, 0);
	add(outlived, IORING_OP_READ, held, outlived->page, 0)->len = SIZE_A;
	__atomic_fetch_add(&counts()->begun, 2, __ATOMIC_SEQ_CST);
	ring_enter(&outlived->ring, REQUESTS, REQUESTS);
	finish(outlived);
	__atomic_fetch_add(&counts()->ended, 2, __ATOMIC_SEQ_CST);
	bool taken = outlived->results[0] == fd && outlived->results[3] == fd;
	bool swapped = outlived->order[3] < outlived->order[0];
	truth[swapped] = letter_of_size(outlived->results[1]);
	truth[!swapped] = fstat(fd, &status) ? 'x' : letter_of_size(status.st_size);
	close(fd);
	close(held);
	return !reap(child, ROUND_SECONDS) && *outlived->gone && taken;
}

/* Makes what the rounds need. Returns what is missing, or NULL. */
static const char *outlived_open(struct outlived *outlived)
{
	sched_getaffinity(0, sizeof(outlived->allowed), &outlived->allowed);
	cpu_set_t own = processor(&outlived->allowed, 0);

	if (CPU_COUNT(&outlived->allowed) < 2)
		return "only one processor";
	if (truncate((char *)outlived->a.address, SIZE_A) || truncate((char *)outlived->b.address, SIZE_B))
		return "a and b must be files of the actor's";
	if (!page_open(outlived))
		return "no userfaultfd";
	if (syscall(SYS_io_uring_register, outlived->ring.fd, IORING_REGISTER_IOWQ_AFF, &own, sizeof(own)))
		return "no processors for workers (IORING_REGISTER_IOWQ_AFF)";
	outlived->gone = mmap(NULL, sizeof(*outlived->gone), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return outlived->gone == MAP_FAILED ? "no memory" : NULL;
}

static void outlived_close(struct outlived *outlived)
{
	close(outlived->faults);
	if (outlived->page && outlived->page != MAP_FAILED)
		munmap(outlived->page, (size_t)getpagesize());
	if (outlived->gone && outlived->gone != MAP_FAILED)
		munmap((void *)outlived->gone, sizeof(*outlived->gone));
}

void command_uring_outlived(void)
{
	struct outlived outlived = {.faults = -1};
	long won = 0;

	if (bytes_take(&outlived.a, "a") && bytes_take(&outlived.b, "b")) {
		if (!ring_open(&outlived.ring, false)) {
			fail("unsupported: no io_uring");
		} else {
			const char *missing = outlived_open(&outlived);
			char truth[3] = "xx";

			if (missing) {
				fail("unsupported: %s", missing);
			} else {
				won = play_round(&outlived, truth);
				reply_begin();
				reply("tid=%d won=%ld truth=%s", own_tid(), won, truth);
				reply_end();
			}
			ring_close(&outlived.ring);
		}
		outlived_close(&outlived);
	}
	free(outlived.a.address);
	free(outlived.b.address);
}
