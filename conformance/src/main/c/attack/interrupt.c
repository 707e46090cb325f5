/* SPDX-License-Identifier: Apache-2.0 */
#include "interrupt.h"

#include "actor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* Each of so many epoll instances waits for each of so many descriptors of the timer. */
#define INSTANCES 40
#define DESCRIPTORS 40

int interrupt_open(void)
{
	return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
}

bool interrupt_lengthen(int timer)
{
	struct epoll_event event = {.events = EPOLLIN};
	int instances[INSTANCES];
	bool done = true;

	for (int i = 0; i < INSTANCES; i++)
		instances[i] = epoll_create1(EPOLL_CLOEXEC);
	for (int i = 0; i < DESCRIPTORS; i++) {
		int fd = dup(timer);

		for (int at = 0; at < INSTANCES; at++)
			done = !epoll_ctl(instances[at], EPOLL_CTL_ADD, fd, &event) && done;
	}
	return done;
}

pid_t interrupt_start(int timer)
{
	int ready[2];
	char byte = 0;

	if (pipe2(ready, O_CLOEXEC))
		_exit(3);
	pid_t child = fork_child();
	if (!child) {
		if (!interrupt_lengthen(timer) || write(ready[1], &byte, 1) != 1)
			_exit(3);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		_exit(3);
	close(ready[0]);
	return child;
}

void interrupt_stop(pid_t waiting)
{
	kill(waiting, SIGKILL);
	reap(waiting, 1);
}

void interrupt_after(int timer, long nanos)
{
	const struct itimerspec time = {.it_value.tv_nsec = nanos + 1};

	timerfd_settime(timer, 0, &time, NULL);
}
