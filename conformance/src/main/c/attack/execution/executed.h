/* SPDX-License-Identifier: Apache-2.0 */
/* The actor that executes itself and the one that is executed share these names and numbers. */
#ifndef UNRACED_EXECUTED_H
#define UNRACED_EXECUTED_H

#include "actor.h"

/* A variable of the environment; an interpreter's first argument is not ours to choose. */
#define EXECUTED "UNRACED_EXECUTED"
#define EXECUTED_ARGUMENTS {"first", "second", "third", NULL}
/* The exit status of program a, of b, and of a process that executed none, less its errno. */
#define EXECUTED_A 1
#define EXECUTED_B 2
#define EXECUTED_FAILED 64
/* A descriptor of a program: the one by which it is executed, or by which a running one finds b. */
#define EXECUTED_OTHER_FD 199

/* Makes a file with these bytes, or with those of the actor's program, for a process whose calls do not count. */
bool executed_make(const char *path, mode_t mode, const char *bytes);
/*
 * Makes a program whose segment lies where no memory can be, which the kernel finds out when it has replaced the memory
 * of the process, and has ended the other threads.
 */
bool unmappable_make(const char *path);
/* Has the program write its credentials to whoever asked for them. Returns its exit status. */
int tell_credentials(void);

#endif
