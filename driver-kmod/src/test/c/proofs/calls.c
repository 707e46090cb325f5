/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* calls THREADS: makes watched calls of all kinds in threads that come and go, until it is killed. */
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define LIFE 200

static void call(unsigned long round)
{
	struct sockaddr_un nobody = {.sun_family = AF_UNIX, .sun_path = "/run/nobody-listens"};
	struct open_how how = {.flags = O_RDONLY};
	char long_path[2000];
	long fd = -1;
	int socket_fd;

	switch (round % 5) {
	case 0:
		fd = syscall(SYS_openat, AT_FDCWD, "/etc/hostname", O_RDONLY, 0);
		break;
	case 1:
		fd = syscall(SYS_openat2, AT_FDCWD, "/dev/null", &how, sizeof(how));
		break;
	case 2:
		fd = syscall(SYS_creat, "/run/created", 0600);
		break;
	case 3:
		memset(long_path, '/', sizeof(long_path));
		strcpy(long_path + sizeof(long_path) - 6, "/none");
		fd = syscall(SYS_open, long_path, O_RDONLY);
		break;
	default:
		socket_fd = socket(AF_UNIX, SOCK_STREAM, 0);
		connect(socket_fd, (struct sockaddr *)&nobody, sizeof(nobody));
		close(socket_fd);
	}
	if (fd >= 0)
		close((int)fd);
}

static void *live(void *argument)
{
	for (unsigned long round = 0; round < LIFE; round++)
		call(round);
	return argument;
}

static void *succeed(void *argument)
{
	for (;;) {
		pthread_t thread;

		if (!pthread_create(&thread, NULL, live, NULL))
			pthread_join(thread, NULL);
	}
	return argument;
}

int main(int count, char **arguments)
{
	pthread_t thread;

	for (int i = count > 1 ? atoi(arguments[1]) : 1; i > 1; i--)
		pthread_create(&thread, NULL, succeed, NULL);
	succeed(NULL);
}
