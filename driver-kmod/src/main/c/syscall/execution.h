/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The trace of entries: one byte for each thread id that the kernel can give out, written at the entry of every watched
 * call, in every mode and before every filter. Each byte has a place of its own, so no other thread can evict it. At a
 * return it proves that the call ran, or that it never did (R3.5).
 *
 * A thread is covered when the probe at sys_enter cannot miss an entry of it. The kernel calls that probe for each
 * entry that seccomp and ptrace let pass (syscall_trace_enter() of the generic entry code), so a return without an
 * entry is then a call that was refused (R3.4). Two kinds of threads are covered: those that started after the probes
 * were in place everywhere, and those whose entry or return was seen since. A call that was under way before is
 * unknown.
 */
#ifndef UNRACED_SYSCALL_EXECUTION_H
#define UNRACED_SYSCALL_EXECUTION_H

#include <linux/sched.h>
#include <linux/threads.h>

#include "call/arch.h"
#include "lib/capture.h"
#include "object/descriptor.h"

enum unraced_execution {
	UNRACED_RAN,
	UNRACED_NEVER_RAN,
	UNRACED_MAY_HAVE_RUN,
};

/*
 * The bits of a byte: the call that the thread is in, by number and convention; whether other tasks
 * used its descriptors, and its root and working directory, when it entered (for a call whose entry
 * the stash does not have); and a bit for a covered thread.
 */
#define UNRACED_TRACE_SYSCALL 0x07
#define UNRACED_TRACE_CALL 0x1f
#define UNRACED_TRACE_SHARED 0x20
#define UNRACED_TRACE_BASE_SHARED 0x40
#define UNRACED_TRACE_COVERED 0x80

static_assert(UNRACED_CONNECT <= UNRACED_TRACE_SYSCALL);
static_assert(PID_MAX_LIMIT <= UNRACED_TRACE_BYTES);

static inline u8 *unraced_trace_of(struct unraced_capture *capture, const struct task_struct *task)
{
	return &capture->trace[unraced_place_of(task)];
}

static inline u8 unraced_trace_call(const struct unraced_arguments *arguments)
{
	return arguments->syscall | arguments->abi << 3;
}

static inline void unraced_trace_entry(struct unraced_capture *capture, const struct unraced_arguments *arguments)
{
	u8 shared = (unraced_fd_table_is_shared() ? UNRACED_TRACE_SHARED : 0) |
		    (unraced_base_is_shared() ? UNRACED_TRACE_BASE_SHARED : 0);

	WRITE_ONCE(*unraced_trace_of(capture, current),
		   unraced_trace_call(arguments) | shared | READ_ONCE(capture->trace_covered));
}

/* Judges a return that the trace has no entry for. */
static noinline enum unraced_execution unraced_trace_judge(const struct unraced_capture *capture, u8 found)
{
	u64 armed;

	if (found & UNRACED_TRACE_CALL)
		return UNRACED_MAY_HAVE_RUN;
	if (found & UNRACED_TRACE_COVERED)
		return UNRACED_NEVER_RAN;
	/* This pairs with the release in unraced_trace_arm(). */
	armed = smp_load_acquire(&capture->armed_ns);
	return armed && current->start_boottime > armed ? UNRACED_NEVER_RAN : UNRACED_MAY_HAVE_RUN;
}

/* Returns the thread's byte, which says how its call entered. To be read before the return. */
static inline u8 unraced_trace_read(struct unraced_capture *capture)
{
	return READ_ONCE(*unraced_trace_of(capture, current));
}

/* Returns whether the trace has the entry of this call. */
static inline bool unraced_trace_has(struct unraced_capture *capture, const struct unraced_arguments *arguments)
{
	return (READ_ONCE(*unraced_trace_of(capture, current)) & UNRACED_TRACE_CALL) == unraced_trace_call(arguments);
}

/* Judges the call that returns now, by its thread's byte. Afterwards the thread is in no call. */
static inline enum unraced_execution unraced_trace_return(struct unraced_capture *capture,
							  const struct unraced_arguments *arguments, u8 found)
{
	WRITE_ONCE(*unraced_trace_of(capture, current), READ_ONCE(capture->trace_covered));
	if (likely((found & UNRACED_TRACE_CALL) == unraced_trace_call(arguments)))
		return UNRACED_RAN;
	return unraced_trace_judge(capture, found);
}

/* From now on no new thread can slip past the probes. */
static inline void unraced_trace_arm(struct unraced_capture *capture, u64 now)
{
	smp_store_release(&capture->armed_ns, now);
	WRITE_ONCE(capture->trace_covered, UNRACED_TRACE_COVERED);
}

/* Returns the watched call (enum unraced_syscall) that the current thread has entered and not left; 0 for none. */
static inline u8 unraced_trace_inside(struct unraced_capture *capture)
{
	return READ_ONCE(*unraced_trace_of(capture, current)) & UNRACED_TRACE_SYSCALL;
}

/* The kernel can give the id to another thread, whose trace starts empty. */
static inline void unraced_trace_end(struct unraced_capture *capture, const struct task_struct *task)
{
	WRITE_ONCE(*unraced_trace_of(capture, task), 0);
}

#endif
