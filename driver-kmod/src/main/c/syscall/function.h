/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watches calls at the kernel's own functions for them, one for each call and convention. While a tracepoint of calls
 * is armed, every call of the machine takes the kernel's slow path (SYSCALL_WORK_SYSCALL_TRACEPOINT). These functions
 * are patched one by one instead, so that a call which is not watched costs nothing.
 *
 * ftrace sends the caller on to a wrapper of this module, as it does to a livepatch. The wrapper does the work of the
 * entry, calls the kernel's function behind the patch, and does the work of the return. So the return is kept on the
 * thread's own stack, and not in a pool that blocked calls use up. Other tracers of the function see each call once.
 *
 * A thread that is inside a call has a frame of this module on its stack. The module stays in use for as long.
 */
#ifndef UNRACED_SYSCALL_FUNCTION_H
#define UNRACED_SYSCALL_FUNCTION_H

#include <linux/types.h>

struct unraced_capture;

/* Finds the functions, once, when the module is loaded. Without them, calls are watched at tracepoints. */
void unraced_functions_find(void);
/* Returns whether they were found. */
bool unraced_functions_found(void);
/* Watches the capture's calls at their functions. After an error, none of them is watched there. */
int unraced_functions_attach(struct unraced_capture *capture);
/* Ends that, and waits until no handler runs for the capture. Does nothing for a capture that is not attached. */
void unraced_functions_detach(struct unraced_capture *capture);
/* Waits for the last steps of those who have left a call. Nobody is inside one any more. */
void unraced_functions_leave(void);

#endif
