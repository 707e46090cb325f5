/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An interrupt that lasts. A timer ends on the processor of the thread that has set it, and there the kernel wakes all
 * who wait for the timer before it goes on with what it interrupted.
 */
#ifndef UNRACED_INTERRUPT_H
#define UNRACED_INTERRUPT_H

#include <stdbool.h>
#include <sys/types.h>

/* Makes a timer. Returns its descriptor, or -1. */
int interrupt_open(void);
/* Makes very many waiters, which last as long as the calling process. Another process than the timer's user should. */
bool interrupt_lengthen(int timer);
/* Starts a process that does so and then sleeps. Returns when the waiters are there. */
pid_t interrupt_start(int timer);
void interrupt_stop(pid_t waiting);
/* Interrupts the calling thread's processor after so many ns, unless it is set again before. */
void interrupt_after(int timer, long nanos);

#endif
