/* SPDX-License-Identifier: Apache-2.0 */
#include "interrupt.h"

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

void interrupt_after(int timer, long nanos)
{
	const struct itimerspec time = {.it_value.tv_nsec = nanos + 1};

	timerfd_settime(timer, 0, &time, NULL);
}
