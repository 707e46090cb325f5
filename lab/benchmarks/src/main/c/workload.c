/* SPDX-License-Identifier: Apache-2.0 */
/*
 * workload KIND CALLS RATE [ARGUMENT]: makes one call again and again, after a line of input. Prints the nanoseconds of
 * a round, by the wall clock and on a CPU.
 *
 *   open PATH   openat, and close of the opened file
 *   connect     socket, connect to a listener on loopback in a process of its own, close with a reset
 *   getppid     a call that no observer watches
 *   exec        a process that executes /bin/true, which is waited for; its CPU counts, too
 *
 * RATE is calls a second, evenly spread; 0 means full speed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *path;
static struct sockaddr_in server;

static double now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

/* Returns the nanoseconds on a CPU of this process, and of its children that it has waited for. */
static double busy_time(void)
{
	struct rusage children;

	getrusage(RUSAGE_CHILDREN, &children);
	return now(CLOCK_PROCESS_CPUTIME_ID) + (children.ru_utime.tv_sec + children.ru_stime.tv_sec) * 1e9 +
	       (children.ru_utime.tv_usec + children.ru_stime.tv_usec) * 1e3;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void open_close(void)
{
	long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0);

	if (fd >= 0)
		syscall(SYS_close, fd);
}

static void connect_reset(void)
{
	/* A reset leaves no port in TIME_WAIT; there are only some thousand ports. */
	static const struct linger reset = { 1, 0 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(fd, (struct sockaddr *)&server, sizeof(server)))
		die("connect");
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
}

static void get_ppid(void)
{
	syscall(SYS_getppid);
}

static void execute(void)
{
	char *arguments[] = { "true", NULL }, *environment[] = { NULL };
	pid_t child;

	if (posix_spawn(&child, "/bin/true", NULL, NULL, arguments, environment) || waitpid(child, NULL, 0) != child)
		die("/bin/true");
}

static void start_server(void)
{
	socklen_t length = sizeof(server);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	pid_t parent = getpid();

	server.sin_family = AF_INET;
	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&server, length) || listen(fd, 4096) ||
	    getsockname(fd, (struct sockaddr *)&server, &length))
		die("listen");
	switch (fork()) {
	case -1:
		die("fork");
		break;
	case 0:
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			exit(0);
		for (;;)
			close(accept(fd, NULL, NULL));
	}
	close(fd);
}

int main(int argc, char **argv)
{
	long calls = argc > 3 ? atol(argv[2]) : 0;
	double rate = argc > 3 ? atof(argv[3]) : 0;
	void (*call)(void) = NULL;
	double start, busy;

	if (argc == 5 && !strcmp(argv[1], "open")) {
		call = open_close;
		path = argv[4];
	} else if (argc == 4 && !strcmp(argv[1], "connect")) {
		call = connect_reset;
		start_server();
	} else if (argc == 4 && !strcmp(argv[1], "getppid")) {
		call = get_ppid;
	} else if (argc == 4 && !strcmp(argv[1], "exec")) {
		call = execute;
	}
	if (!call || calls < 1 || rate < 0) {
		fprintf(stderr, "usage: workload open|connect|getppid|exec CALLS RATE [PATH]\n");
		return 2;
	}
	if (getchar() == EOF)
		return 1;
	start = now(CLOCK_MONOTONIC);
	busy = busy_time();
	for (long i = 0; i < calls; i++) {
		if (rate > 0)
			while (now(CLOCK_MONOTONIC) < start + i * 1e9 / rate)
				;
		call();
	}
	busy = busy_time() - busy;
	printf("%.1f %.1f\n", (now(CLOCK_MONOTONIC) - start) / calls, busy / calls);
	return 0;
}
