/* SPDX-License-Identifier: Apache-2.0 */
/* Opens in an io_uring that the kernel carries out in another mount namespace than the one they were submitted in. */
#include "actor.h"
#include "ring.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/time_types.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* The timeout is long enough for the child to change its namespace. */
#define WAIT_NANOS 30000000
#define MOST_ROUNDS 512
#define OPEN 7

/* The state of a round, in memory that both processes share. */
struct late {
	char *a, *b;
	bool by_worker;
	char truth;
	/* The inode numbers of the mount namespaces of the lookup and of the submission. */
	unsigned long long resolved, submitted;
};

static unsigned long long own_namespace(void)
{
	struct stat status;

	return stat("/proc/self/ns/mnt", &status) ? 0 : status.st_ino;
}

/* Moves this process to a mount namespace of its own, where b is bound over a. */
static bool move_away(const struct late *late)
{
	return !unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !mount(late->b, late->a, NULL, MS_BIND, NULL);
}

static void add_open(struct ring *ring, const struct late *late)
{
	struct io_uring_sqe *request = ring_next(ring);

	request->opcode = IORING_OP_OPENAT;
	request->fd = AT_FDCWD;
	request->addr = (uintptr_t)late->a;
	request->flags = late->by_worker ? IOSQE_ASYNC : 0;
	request->user_data = OPEN;
	ring_push(ring);
}

static void add_timeout(struct ring *ring, const struct __kernel_timespec *time)
{
	struct io_uring_sqe *request = ring_next(ring);

	request->opcode = IORING_OP_TIMEOUT;
	request->fd = -1;
	request->addr = (uintptr_t)time;
	request->len = 1;
	/*
	 * An expired timeout counts as a failure, and the kernel would cancel a request behind it in a chain of
	 * IO_LINK.
	 */
	request->flags = IOSQE_IO_HARDLINK;
	ring_push(ring);
}

/* Makes the kernel start an io_uring worker, which stays for a while, by a request that does nothing. */
static void start_worker(struct ring *ring)
{
	struct io_uring_sqe *request = ring_next(ring);

	request->opcode = IORING_OP_NOP;
	request->flags = IOSQE_ASYNC;
	ring_push(ring);
	ring_enter(ring, 1, 1);
	__atomic_store_n(ring->completed_head, *ring->completed_head + 1, __ATOMIC_RELEASE);
}

static long await_open(struct ring *ring)
{
	for (;;) {
		unsigned head = *ring->completed_head;

		if (head == __atomic_load_n(ring->completed_tail, __ATOMIC_ACQUIRE)) {
			ring_enter(ring, 0, 1);
			continue;
		}
		struct io_uring_cqe completion = ring->completions[head & *ring->completed_mask];
		__atomic_store_n(ring->completed_head, head + 1, __ATOMIC_RELEASE);
		if (completion.user_data == OPEN)
			return completion.res;
	}
}

static bool is_file(const struct stat *file, long fd)
{
	struct stat status;

	return fd >= 0 && !fstat((int)fd, &status) && status.st_ino == file->st_ino && status.st_dev == file->st_dev;
}

static void be_late(struct late *late)
{
	const struct __kernel_timespec time = {.tv_nsec = WAIT_NANOS};
	unsigned long long before = own_namespace();
	struct ring ring;
	struct stat a, b;

	if (!ring_open(&ring, false) || stat(late->a, &a) || stat(late->b, &b))
		_exit(2);
	if (late->by_worker) {
		start_worker(&ring);
		if (!move_away(late))
			_exit(2);
	} else {
		add_timeout(&ring, &time);
	}
	add_open(&ring, late);
	late->submitted = own_namespace();
	__atomic_fetch_add(&books()->begun, 1, __ATOMIC_SEQ_CST);
	ring_enter(&ring, late->by_worker ? 1 : 2, 0);
	if (!late->by_worker && !move_away(late))
		_exit(2);
	long fd = await_open(&ring);
	__atomic_fetch_add(&books()->ended, 1, __ATOMIC_SEQ_CST);
	/* The opened file shows the namespace: b lies over a in the new one alone. */
	late->truth = is_file(&a, fd) ? 'a' : is_file(&b, fd) ? 'b' : 'x';
	late->resolved = late->truth == 'b' ? own_namespace() : before;
	_exit(0);
}

static void play(struct late *late, int rounds)
{
	char truth[MOST_ROUNDS + 1] = "";
	unsigned long long resolved[MOST_ROUNDS], submitted[MOST_ROUNDS];
	pid_t tids[MOST_ROUNDS];
	long won = 0;

	for (int i = 0; i < rounds; i++) {
		tids[i] = fork_child();
		if (!tids[i])
			be_late(late);
		if (tids[i] < 0 || reap(tids[i], 10)) {
			fail("unsupported: no io_uring, or no mount namespace of one's own");
			return;
		}
		truth[i] = late->truth;
		resolved[i] = late->resolved;
		submitted[i] = late->submitted;
		won += late->resolved != late->submitted;
	}
	reply_begin();
	reply("tid=0 won=%ld truth=%s tids=%d", won, truth, tids[0]);
	for (int i = 1; i < rounds; i++)
		reply_more(",%d", tids[i]);
	reply("resolved=%llu", resolved[0]);
	for (int i = 1; i < rounds; i++)
		reply_more(",%llu", resolved[i]);
	reply("submitted=%llu", submitted[0]);
	for (int i = 1; i < rounds; i++)
		reply_more(",%llu", submitted[i]);
	reply_end();
}

void command_late_namespace(void)
{
	struct bytes a = {0}, b = {0};
	const char *how = line_text("how");
	int rounds = (int)line_number("calls", 1);
	struct late *late = mmap(NULL, sizeof(*late), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (late == MAP_FAILED || rounds < 1 || rounds > MOST_ROUNDS) {
		fail("late-namespace needs 1 to %d calls", MOST_ROUNDS);
	} else if (bytes_take(&a, "a") && bytes_take(&b, "b")) {
		late->a = (char *)a.address;
		late->b = (char *)b.address;
		late->by_worker = how && !strcmp(how, "worker");
		play(late, rounds);
	}
	free(a.address);
	free(b.address);
	munmap(late, sizeof(*late));
}
