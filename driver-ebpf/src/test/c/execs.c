/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plays attacks on what the event of an exec says, and prints the truth as it knows it: execs DIRECTORY CALLS. Each
 * line has the attack, the process, and what the kernel did: the program that ran (a: /bin/true, b: /bin/false, which
 * their exit status tells), or the errno of a failure.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENTS {"x", NULL}
#define STACK 65536

static char *shared; /* the path, in memory that several processes share */
static volatile char *byte; /* the one byte in which the two paths differ */
static char first, second;
static char *directory;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void set_path(const char *name, char other)
{
	snprintf(shared, 4096, "%s/%s", directory, name);
	byte = shared + strlen(shared) - 1;
	first = *byte;
	second = other;
}

static void *flip(void *nothing)
{
	for (;;) {
		*byte = second;
		*byte = first;
	}
	return nothing;
}

static pid_t flipping_process(void)
{
	pid_t pid = fork();

	if (!pid)
		flip(NULL);
	return pid;
}

static void stop(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static int execute(void *path)
{
	char *arguments[] = ARGUMENTS;

	execve(path, arguments, arguments + 1);
	_exit(errno + 64);
}

static void *execute_thread(void *path)
{
	execute(path);
	return NULL;
}

static void tell(const char *attack, pid_t pid)
{
	int status;

	waitpid(pid, &status, 0);
	if (!WIFEXITED(status))
		printf("%s %d ?\n", attack, pid);
	else if (WEXITSTATUS(status) < 2)
		printf("%s %d %c\n", attack, pid, WEXITSTATUS(status) ? 'b' : 'a');
	else
		printf("%s %d %d\n", attack, pid, WEXITSTATUS(status) - 64);
}

static void by_process(const char *attack, int calls, bool by_thread)
{
	pid_t flipper = flipping_process();

	for (int i = 0; i < calls; i++) {
		pid_t pid = fork();

		if (!pid) {
			pthread_t thread;

			/* A fork does not copy the way to shared pages; no program could read the path at the entry. */
			(void)*byte;
			if (!by_thread)
				execute(shared);
			pthread_create(&thread, NULL, execute_thread, shared);
			for (;;)
				pause();
		}
		tell(attack, pid);
	}
	stop(flipper);
}

/* The child executes in its parent's memory, where another thread of the parent rewrites the path. */
static void vforks(int calls)
{
	char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t player = fork();

	if (!player) {
		pthread_t thread;

		pthread_create(&thread, NULL, flip, NULL);
		for (int i = 0; i < calls; i++)
			tell("vfork", clone(execute, stack + STACK, CLONE_VM | CLONE_VFORK | SIGCHLD, shared));
		fflush(stdout);
		_exit(0);
	}
	waitpid(player, NULL, 0);
}

/* The path lies on a page that nobody has touched, so that no program can read it at the entry. */
static void absent(const char *attack, const char *name, int calls)
{
	char page[4096] = {0}, file[4096];

	snprintf(page, sizeof(page), "%s/%s", directory, name);
	snprintf(file, sizeof(file), "%s/page", directory);
	int fd = open(file, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, page, sizeof(page)) != sizeof(page))
		die(file);
	for (int i = 0; i < calls; i++) {
		pid_t pid = fork();

		if (!pid)
			execute(mmap(NULL, sizeof(page), PROT_READ, MAP_PRIVATE, fd, 0));
		tell(attack, pid);
	}
	close(fd);
}

/* The script's interpreter is a link that another process moves from one program to the other. */
static void scripts(int calls)
{
	char link[4096], new[4096];
	pid_t mover = fork();

	snprintf(link, sizeof(link), "%s/i", directory);
	snprintf(new, sizeof(new), "%s/j", directory);
	if (!mover) {
		for (;;) {
			if (symlink("/bin/false", new) || rename(new, link) || symlink("/bin/true", new) ||
			    rename(new, link))
				_exit(1);
		}
	}
	set_path("s", 's');
	for (int i = 0; i < calls; i++) {
		pid_t pid = fork();

		if (!pid)
			execute(shared);
		tell("script", pid);
	}
	stop(mover);
}

/* The new program overwrites its arguments at once. */
static void arguments(const char *self, int calls)
{
	char *all[] = {"first", "rewrite", "third", NULL};

	for (int i = 0; i < calls; i++) {
		pid_t pid = fork();

		if (!pid) {
			execve(self, all, all + 3);
			_exit(errno + 64);
		}
		tell("arguments", pid);
	}
}

int main(int count, char **given)
{
	char self[4096] = {0};

	if (count == 3 && !strcmp(given[1], "rewrite")) {
		memset(given[0], 'z', strlen(given[0]));
		memset(given[2], 'z', strlen(given[2]));
		return 0;
	}
	if (count != 3 || readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return 2;
	directory = given[1];
	int calls = atoi(given[2]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap");
	set_path("a", 'b');
	by_process("flip", calls, false);
	by_process("thread", calls, true);
	vforks(calls);
	/* The one is missing, the other is no program. */
	set_path("m", 'n');
	by_process("failed", calls, false);
	absent("absent", "a", calls);
	absent("absent-failed", "m", calls);
	scripts(calls);
	arguments("/proc/self/exe", calls);
	return 0;
}
