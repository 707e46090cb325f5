/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes processes that tell what they are.
 *
 *   images opens DIRECTORY PROCESSES IMAGES OPENS   Each process executes a and b of the directory by turns, which are
 *                                                   copies of this program. The path of each open names the process,
 *                                                   the number of its image, the copy, and the moment.
 *   images bomb PROCESSES ALIVE                     Each process forks others until there were PROCESSES in all, of
 *                                                   which ALIVE live at a time. Each tenth one executes this program.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define AT_A_TIME 4
/* The forks below the first process: in a longer chain each fork costs more than the one before. */
#define DEPTH 32

static char *directory;
static char letter;
static int number;
static int images;
static int opens;
static atomic_bool has_opened;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* No file has the path, so that the call fails and costs little. */
static void open_as(pid_t process, const char *moment)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/open/%d/%d/%c/%s", directory, process, number, letter, moment);
	if (open(path, O_RDONLY) >= 0)
		_exit(3);
}

static void execute_next(void)
{
	char path[256], next[16], all[16], each[16];
	char *arguments[] = {path, "image", directory, next, all, each, NULL};

	snprintf(path, sizeof(path), "%s/%c", directory, number % 2 ? 'a' : 'b');
	snprintf(next, sizeof(next), "%d", number + 1);
	snprintf(all, sizeof(all), "%d", images);
	snprintf(each, sizeof(each), "%d", opens);
	execv(path, arguments);
	die(path);
}

/* Goes on until the exec of another thread, or the end of the process, ends this one. */
static void open_until_the_end(void)
{
	struct timespec pause = {.tv_nsec = 20000};

	for (;;) {
		open_as(getpid(), "dying");
		atomic_store(&has_opened, true);
		nanosleep(&pause, NULL);
	}
}

static void await_other(void)
{
	while (!atomic_load(&has_opened))
		sched_yield();
}

static void *other_thread(void *does_execute)
{
	if (!does_execute)
		open_until_the_end();
	await_other();
	execute_next();
	return NULL;
}

static void start_thread(void *does_execute)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, other_thread, does_execute))
		die("pthread_create");
}

static void run_image(void)
{
	pid_t child;

	for (int i = 0; i < opens / 2; i++)
		open_as(getpid(), "after");
	child = fork();
	if (!child) {
		open_as(getpid(), "forked");
		_exit(0);
	}
	waitpid(child, NULL, 0);
	child = vfork();
	if (!child) {
		open_as(getpid(), "vforked");
		_exit(0);
	}
	waitpid(child, NULL, 0);
	for (int i = 0; i < opens / 2; i++)
		open_as(getpid(), "before");
	/* Each second exec comes from another thread than the first, which dies then. */
	if (number < images && number % 2) {
		start_thread(&number);
		open_until_the_end();
	}
	start_thread(NULL);
	await_other();
	if (number < images)
		execute_next();
	_exit(0);
}

static void run_processes(int processes)
{
	int left = 0;

	for (int i = 0; i < processes || left; ) {
		int status;

		if (i < processes && left < AT_A_TIME) {
			pid_t child = fork();

			if (child < 0)
				die("fork");
			if (!child)
				execute_next();
			i++;
			left++;
			continue;
		}
		if (wait(&status) < 0 || status)
			die("a process failed");
		left--;
	}
}

struct bomb {
	atomic_int made;
	atomic_int alive;
};

/* Reserves a process; false when there are enough. */
static bool reserve(struct bomb *bomb, int processes, int most)
{
	if (atomic_fetch_add(&bomb->alive, 1) >= most) {
		atomic_fetch_sub(&bomb->alive, 1);
		return false;
	}
	if (atomic_fetch_add(&bomb->made, 1) < processes)
		return true;
	atomic_fetch_sub(&bomb->alive, 1);
	return false;
}

static void explode(struct bomb *bomb, int processes, int most)
{
	int depth = 0;

	/* The kernel collects the children: nobody waits for them. */
	signal(SIGCHLD, SIG_IGN);
	while (atomic_load(&bomb->made) < processes) {
		if (depth == DEPTH || !reserve(bomb, processes, most)) {
			if (depth)
				break;
			sched_yield();
			continue;
		}
		pid_t child = fork();

		if (child < 0) {
			/* The system has no place for it yet. */
			atomic_fetch_sub(&bomb->made, 1);
			atomic_fetch_sub(&bomb->alive, 1);
			sched_yield();
		}
		if (!child)
			depth++;
	}
	if (!depth) {
		while (wait(NULL) > 0 || atomic_load(&bomb->alive) > 0)
			usleep(1000);
		return;
	}
	atomic_fetch_sub(&bomb->alive, 1);
	if (getpid() % 10 == 0)
		execl("/proc/self/exe", "images", (char *)NULL);
	_exit(0);
}

int main(int count, char **given)
{
	if (count == 1)
		return 0;
	if (count == 4 && !strcmp(given[1], "bomb")) {
		struct bomb *bomb =
			mmap(NULL, sizeof(*bomb), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

		if (bomb == MAP_FAILED)
			die("mmap");
		explode(bomb, atoi(given[2]), atoi(given[3]));
		return 0;
	}
	if (count != 6)
		return 2;
	directory = given[2];
	if (!strcmp(given[1], "image")) {
		letter = given[0][strlen(given[0]) - 1];
		number = atoi(given[3]);
		images = atoi(given[4]);
		opens = atoi(given[5]);
		run_image();
	}
	images = atoi(given[4]);
	opens = atoi(given[5]);
	run_processes(atoi(given[3]));
	return 0;
}
