/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_PROCESS_ALIVE_H
#define UNRACED_PROCESS_ALIVE_H

struct unraced_capture;

/*
 * Makes an event of each process that is there (R16.5), after the handlers of forks, execs and ends are attached. It
 * comes before the events of the process's later execs and of its end.
 */
void unraced_tell_alive(struct unraced_capture *capture);

#endif
