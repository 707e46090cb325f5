/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that take over the id of another thread: by reuse, and by exec. */
#include "actor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Forks a child with a chosen pid in this pid namespace. Returns -1 with errno when the kernel refuses. */
static pid_t fork_as(pid_t wanted)
{
	struct clone_args arguments = {
		.exit_signal = SIGCHLD, .set_tid = (uint64_t)(uintptr_t)&wanted, .set_tid_size = 1};
	pid_t child = (pid_t)syscall(SYS_clone3, &arguments, sizeof(arguments));

	if (!child)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return child;
}

/* Forks until the ids have gone round, for actors that lack the privilege for set_tid. */
static pid_t fork_round_to(pid_t wanted)
{
	long long until = now() + 20000000000LL;

	while (now() < until) {
		pid_t child = fork();
		if (child < 0)
			return -1;
		if (!child && getpid() != wanted)
			_exit(0);
		if (!child || child == wanted)
			return child;
		waitpid(child, NULL, 0);
	}
	errno = ETIMEDOUT;
	return -1;
}

static pid_t fork_again(pid_t wanted)
{
	pid_t child = fork_as(wanted);

	return child < 0 && (errno == EPERM || errno == ENOSYS) ? fork_round_to(wanted) : child;
}

/* Waits until a child's calls have begun, and leaves it a moment to block. */
static void await_begun(long long begun)
{
	while (__atomic_load_n(&counts()->begun, __ATOMIC_SEQ_CST) < begun)
		pause_micros(50);
	pause_micros(2000);
}

/* Kills a child in an open of a fifo; a new child with its id opens another path with mode tag + round. */
void command_reuse(void)
{
	size_t length;
	char *fifo = (char *)line_bytes("path", &length), *other = (char *)line_bytes("other", &length);
	int rounds = (int)line_number("rounds", 1);
	long tag = line_number("tag", 1);
	char tids[4096] = "";
	int done = 0, error = 0;

	for (; fifo && other && done < rounds && done < 256; done++) {
		long long begun = counts()->begun;
		pid_t first = fork_child();
		if (!first) {
			watched_openat(ABI_NATIVE, AT_FDCWD, fifo, O_RDONLY, 0);
			_exit(0);
		}
		await_begun(begun + 1);
		kill(first, SIGKILL);
		reap(first, 10);
		pid_t second = fork_again(first);
		if (!second) {
			watched_openat(ABI_NATIVE, AT_FDCWD, other, O_RDONLY, tag + done);
			_exit(0);
		}
		if (second < 0) {
			error = errno;
			break;
		}
		reap(second, 10);
		sprintf(tids + strlen(tids), done ? ",%d" : "%d", first);
	}
	if (error || !done) {
		fail("unsupported: no process can take a used id here: %s", strerror(error));
	} else {
		reply_begin();
		reply("rounds=%d tids=%s", done, tids);
		reply_end();
	}
	free(fifo);
	free(other);
}

/* --- exec --- */

struct successor {
	char *path;
	char tag[24];
	long long begun;
};

static void *replace(void *argument)
{
	struct successor *successor = argument;
	char *arguments[] = {"unraced-actor", "after-exec", successor->path, successor->tag, NULL};
	char *environment[] = {NULL};

	await_begun(successor->begun + 1);
	execve("/proc/self/exe", arguments, environment);
	_exit(4);
}

/* The first thread blocks in an open. The second one's exec kills it, and takes over its id. */
static void exec_child(const char *fifo, char *other, long tag)
{
	struct successor successor = {.path = other, .begun = counts()->begun};
	pthread_t thread;

	snprintf(successor.tag, sizeof(successor.tag), "%ld", tag);
	pthread_create(&thread, NULL, replace, &successor);
	watched_openat(ABI_NATIVE, AT_FDCWD, fifo, O_RDONLY, 0);
	for (;;)
		pause();
}

int after_exec(char **arguments)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	counts_open();
	watched_openat(ABI_NATIVE, AT_FDCWD, arguments[0], O_RDONLY, atol(arguments[1]));
	return 0;
}

void command_exec(void)
{
	size_t length;
	char *fifo = (char *)line_bytes("path", &length), *other = (char *)line_bytes("other", &length);
	long tag = line_number("tag", 1);
	pid_t child = fifo && other ? fork_child() : -1;

	if (!child)
		exec_child(fifo, other, tag);
	int status = child < 0 ? -1 : reap(child, 20);
	if (status) {
		fail("the exec went wrong: status %d", status);
	} else {
		/* The new program counts its call in memory of its own. */
		__atomic_fetch_add(&counts()->begun, 1, __ATOMIC_SEQ_CST);
		__atomic_fetch_add(&counts()->ended, 1, __ATOMIC_SEQ_CST);
		reply_begin();
		reply("tid=%d", child);
		reply_end();
	}
	free(fifo);
	free(other);
}

/* --- vfork --- */

#define HEIR_STACK (64 * 1024)

struct heir {
	char *buffer; /* shared by parent and child, which both open the path in it */
	const char *path;
	char *program;
	long tag;
};

static int heir(void *argument)
{
	struct heir *heir = argument;
	char tag[24];
	char *arguments[] = {"unraced-actor", "after-exec", heir->program, tag, NULL};
	char *environment[] = {NULL};

	strcpy(heir->buffer, heir->path);
	watched_openat(ABI_NATIVE, AT_FDCWD, heir->buffer, O_RDONLY, heir->tag + 1);
	snprintf(tag, sizeof(tag), "%ld", heir->tag + 2);
	execve("/proc/self/exe", arguments, environment);
	_exit(4);
}

/* Clones as vfork(2) does, except that the child has a stack of its own. */
static int with_heir(struct heir *of, pid_t *child)
{
	static char stack[HEIR_STACK] __attribute__((aligned(16)));

	watched_openat(ABI_NATIVE, AT_FDCWD, of->buffer, O_RDONLY, of->tag);
	*child = clone(heir, stack + HEIR_STACK, CLONE_VM | CLONE_VFORK | SIGCHLD, of);
	if (*child < 0)
		return -1;
	watched_openat(ABI_NATIVE, AT_FDCWD, of->buffer, O_RDONLY, of->tag + 3);
	return reap(*child, 20);
}

void command_vfork(void)
{
	size_t length, longest;
	char *first = (char *)line_bytes("path", &length), *second = (char *)line_bytes("child", &longest);
	char *program = (char *)line_bytes("program", &longest);
	char *buffer = first && second ? malloc(strlen(first) + strlen(second) + 1) : NULL;
	struct heir of = {.buffer = buffer, .path = second, .program = program, .tag = line_number("tag", 1)};
	pid_t child = -1;
	int status = -1;

	if (buffer && program) {
		strcpy(buffer, first);
		status = with_heir(&of, &child);
	}
	if (status) {
		fail("the vfork went wrong: status %d", status);
	} else {
		/* The program counts its call in memory of its own. */
		__atomic_fetch_add(&counts()->begun, 1, __ATOMIC_SEQ_CST);
		__atomic_fetch_add(&counts()->ended, 1, __ATOMIC_SEQ_CST);
		reply_begin();
		reply("tid=%d child=%d", (int)syscall(SYS_gettid), child);
		reply_end();
	}
	free(first);
	free(second);
	free(program);
	free(buffer);
}

/* --- left alone --- */

struct companion {
	long long begun;
	pid_t tid; /* in memory of both processes */
};

static void *leave(void *argument)
{
	struct companion *companion = argument;

	await_begun(companion->begun + 1);
	__atomic_store_n(&companion->tid, (pid_t)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
	return NULL;
}

static void left_child(struct companion *companion, const char *fifo, long tag)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, leave, companion))
		_exit(4);
	watched_openat(ABI_NATIVE, AT_FDCWD, fifo, O_RDONLY, tag);
	_exit(0);
}

/* Ends the child's open once its second thread is gone. Returns whether that happened. */
static bool release_alone(struct companion *companion, pid_t child, const char *fifo, long tag)
{
	long long until = now() + 10000000000LL;
	pid_t tid;

	while (!(tid = __atomic_load_n(&companion->tid, __ATOMIC_SEQ_CST)) || !syscall(SYS_tgkill, child, tid, 0)) {
		if (now() > until)
			return false;
		pause_micros(500);
	}
	int fd = (int)watched_openat(ABI_NATIVE, AT_FDCWD, fifo, O_WRONLY, tag);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

void command_left(void)
{
	size_t length;
	char *fifo = (char *)line_bytes("path", &length);
	long tag = line_number("tag", 1);
	struct companion *companion = mmap(NULL, sizeof(*companion), PROT_READ | PROT_WRITE,
					   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t child = -1;
	bool alone = false;

	if (fifo && companion != MAP_FAILED) {
		companion->begun = counts()->begun;
		child = fork_child();
		if (!child)
			left_child(companion, fifo, tag);
		alone = child > 0 && release_alone(companion, child, fifo, tag + 1);
	}
	if (child < 0 || reap(child, alone ? 10 : 0) || !alone) {
		fail("the child was not left alone in its call");
	} else {
		reply_begin();
		reply("tid=%d", child);
		reply_end();
	}
	if (companion != MAP_FAILED)
		munmap(companion, sizeof(*companion));
	free(fifo);
}
