/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plays hostile neighbours, each of an unprivileged user of its own, and an honest program beside them:
 *
 *   crowd      four processes connect 19,900 sockets each, over and over, while forty honest ones wait in a connect
 *   flood DIR  so many threads wait in opens that a driver remembers no more of them; before, meanwhile and afterwards
 *              seccomp refuses opens of another process
 *
 * Each process of the honest user is a line of output: its moment and its id.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define HONEST 61003
#define HOSTILE 61002

#define CROWDS 4
#define SOCKETS 19900
#define WAITING 40
#define ROUNDS 3

#define FLOODS 5
#define THREADS 900
#define REFUSED 3
/* The refused opens have this mode, which means nothing without O_CREAT. */
#define REFUSED_MODE 0777

/* In memory that all processes share: the rounds that the crowds have made, and the threads that the floods have. */
static volatile long *progress;

static _Noreturn void die(const char *what)
{
	perror(what);
	_exit(1);
}

static void become(unsigned user)
{
	if (setgroups(0, NULL) || setresgid(user, user, user) || setresuid(user, user, user))
		die("setresuid");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static _Noreturn void crowd(void)
{
	static int sockets[SOCKETS];
	/* Nobody has this name, so no connect takes long. */
	struct sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = "\0unraced-nobody"};
	struct rlimit enough = {SOCKETS + 100, SOCKETS + 100};

	setrlimit(RLIMIT_NOFILE, &enough);
	become(HOSTILE);
	for (int i = 0; i < SOCKETS; i++)
		if ((sockets[i] = socket(AF_UNIX, SOCK_DGRAM, 0)) < 0)
			die("socket");
	for (;;) {
		for (int i = 0; i < SOCKETS; i++)
			connect(sockets[i], (struct sockaddr *)&to, sizeof(to));
		__atomic_fetch_add(progress, 1, __ATOMIC_SEQ_CST);
	}
}

static void await(long least)
{
	while (*progress < least)
		usleep(1000);
}

/* Waits for the rounds that were begun, and for some more. */
static void await_rounds(void)
{
	await(*progress + CROWDS * ROUNDS);
}

static int play_crowd(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	pid_t crowds[CROWDS], waiting[WAITING];
	int status, failed = 0;

	snprintf(at.sun_path + 1, sizeof(at.sun_path) - 1, "unraced-neighbours-%d", getpid());
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(at.sun_path + 1));
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listener, (struct sockaddr *)&at, length) || listen(listener, 0))
		die("listen");
	for (int i = 0; i < CROWDS; i++)
		if (!(crowds[i] = fork()))
			crowd();
	await_rounds();
	for (int i = 0; i < WAITING; i++) {
		if ((waiting[i] = fork()))
			continue;
		close(listener);
		become(HONEST);
		_exit(connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&at, length) != 0);
	}
	await_rounds();
	for (int i = 0; i < WAITING; i++) {
		close(accept(listener, NULL, NULL));
		printf("beside %d\n", waiting[i]);
	}
	for (int i = 0; i < WAITING; i++)
		failed |= waitpid(waiting[i], &status, 0) < 0 || status;
	for (int i = 0; i < CROWDS; i++)
		kill(crowds[i], SIGKILL);
	return failed;
}

static const char *fifo;

static void *wait_in_open(void *unused)
{
	__atomic_fetch_add(progress, 1, __ATOMIC_SEQ_CST);
	close(open(fifo, O_RDONLY));
	return unused;
}

static _Noreturn void flood(void)
{
	pthread_attr_t small;
	pthread_t thread;

	become(HOSTILE);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 32 * 1024);
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&thread, &small, wait_in_open, NULL))
			die("pthread_create");
	for (;;)
		pause();
}

static _Noreturn void refused(void)
{
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[3])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, REFUSED_MODE, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog all = {.len = sizeof(program) / sizeof(*program), .filter = program};

	become(HONEST);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &all))
		die("seccomp");
	for (int i = 0; i < REFUSED; i++)
		syscall(SYS_openat, AT_FDCWD, fifo, O_RDONLY, REFUSED_MODE);
	_exit(0);
}

static int play_refused(const char *moment)
{
	int status;
	pid_t child = fork();

	if (!child)
		refused();
	printf("%s %d\n", moment, child);
	return waitpid(child, &status, 0) < 0 || status;
}

static int play_flood(const char *directory)
{
	static char path[4096];
	pid_t floods[FLOODS];

	snprintf(path, sizeof(path), "%s/fifo", directory);
	fifo = path;
	if (mkfifo(path, 0666) || chmod(path, 0666))
		die("mkfifo");
	int failed = play_refused("before");
	for (int i = 0; i < FLOODS; i++)
		if (!(floods[i] = fork()))
			flood();
	await(FLOODS * THREADS);
	/* The last threads are about to open. */
	sleep(1);
	failed |= play_refused("beside");
	/* Ends the opens. */
	int both = open(path, O_RDWR);
	sleep(1);
	close(both);
	for (int i = 0; i < FLOODS; i++) {
		kill(floods[i], SIGKILL);
		waitpid(floods[i], NULL, 0);
	}
	return failed | play_refused("after");
}

int main(int count, char **arguments)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(100);
	progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (progress == MAP_FAILED || count < 2)
		return 2;
	return strcmp(arguments[1], "crowd") ? play_flood(arguments[2]) : play_crowd();
}
