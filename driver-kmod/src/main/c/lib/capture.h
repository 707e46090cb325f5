/* SPDX-License-Identifier: GPL-2.0-only */
/* One capture: the state that belongs to one open file of the device. */
#ifndef UNRACED_LIB_CAPTURE_H
#define UNRACED_LIB_CAPTURE_H

#include <linux/irq_work.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/spinlock_types.h>
#include <linux/wait.h>

#include "lib/attach.h"
#include "lib/device.h"
#include "unraced/filter.h"

struct unraced_scratch;
struct unraced_filters;
struct unraced_ledger;
struct unraced_limits;
struct unraced_process_scratch;
struct unraced_ring;
struct unraced_stash;

#define UNRACED_RING_LEAST 65536

/* The places where the kernel has its own copy, or its result; that of a connect has connect_probe. */
enum unraced_copy {
	UNRACED_COPY_PATH,
	UNRACED_COPY_HOW,
	UNRACED_COPY_FILE,
	UNRACED_COPIES,
};

/* The connects under way. */
struct unraced_act_tables {
	struct unraced_stash *sockets; /* by the address of a struct sock */
	struct unraced_stash *acts;    /* by thread, or by the address of a request */
};

#define UNRACED_SHARERS 1024
#define UNRACED_TRACE_BYTES (1u << 22)
#define UNRACED_GIVEN_UP_BYTES (1u << 19)

struct unraced_capture {
	struct mutex lock; /* guards all fields up to the probes */
	bool configured;
	bool started;
	bool ready; /* set once, when everything that can be mapped and waited for is there */
	struct unraced_config config;
	struct unraced_probe probes[UNRACED_COPIES];

	u32 mitigation; /* each call reads it once, at entry */
	u32 enter_events;
	u32 self_tgid;
	struct unraced_filters __rcu *filters; /* those in force; see filter/generations.h */
	u8 *entered_under; /* by thread; null until the filters change */
	struct unraced_stash *stash;
	u32 syscall_points; /* attached tracepoints of system calls */
	bool is_at_functions; /* calls are watched at the kernel's functions; see syscall/function.h */
	struct list_head at_functions;
	/* One byte for each thread id; see syscall/execution.h. */
	u8 *trace;
	struct unraced_stash *bases; /* root and working directory by thread; see syscall/base.h */
	u64 armed_ns; /* time at which the probes were in place on every CPU; 0 until then */
	u8 trace_covered;
	/*
	 * Set, at the low bits of a thread's id, once such a thread has entered with shared descriptors. Other threads
	 * need no search.
	 */
	u8 sharers[UNRACED_SHARERS];
	struct unraced_scratch *scratch; /* by CPU */
	struct unraced_limits *limits; /* null without any limit */
	u32 limit_seed;

	/* connects; see object/connects.h */
	struct unraced_act_tables call_acts;
	struct unraced_act_tables request_acts;
	atomic64_t acts_begun;
	struct unraced_probe connect_probe;
	struct unraced_probe send_probe;
	struct unraced_probe bind_probe;
	struct unraced_probe receive_probe;

	/* requests of io_urings, by their addresses; null where requests cannot be read */
	struct unraced_stash *requests;
	struct unraced_stash *pending; /* requests in flight, by ring and user_data; see iouring/pending.h */
	struct unraced_stash *issued; /* addresses of requests, by the thread that is about to connect */
	struct unraced_probe issue_probe;
	struct unraced_probe give_up_probe;
	atomic64_t *given_up; /* how often each number of a namespace was given up; see iouring/namespace.h */
	struct unraced_return_probe open_probe;
	u32 request_points; /* attached tracepoints of requests */

	/* process events; null unless they are configured */
	struct unraced_process_scratch *processes; /* by CPU */
	struct unraced_stash *attempts; /* execs under way; see process/attempts.c */
	struct unraced_stash *ended; /* processes whose end has been told, by id and start */
	raw_spinlock_t alive_lock;   /* keeps the event of a process being alive before that of its end */
	u32 process_points;	     /* attached tracepoints of process events */

	struct unraced_ring *rings; /* one for all CPUs, or one by CPU */
	u32 ring_count;
	struct unraced_reader *reader;
	struct unraced_counters *counters; /* by CPU */
	struct unraced_ledger *ledgers; /* by CPU */
	struct page **pages; /* every page that can be mapped, in the order of the mapping */
	unsigned long page_count;

	struct irq_work wakeup;
	wait_queue_head_t waiters;
	bool woken;
};

/*
 * Returns a thread's place in an array with one byte for each thread id. Neighbouring ids lie in different cache lines:
 * the low 16 bits of the id choose the line, the others the byte.
 */
static inline u32 unraced_place_of(const struct task_struct *task)
{
	u32 id = task->pid;

	return (id & 0xffff) << 6 | id >> 16;
}

static inline u8 *unraced_sharer(struct unraced_capture *capture)
{
	return &capture->sharers[current->pid % UNRACED_SHARERS];
}

static inline struct unraced_counters *unraced_counters_here(struct unraced_capture *capture)
{
	return &capture->counters[smp_processor_id()];
}

/* Returns whether the capture has events of this call, an enum unraced_syscall. */
static inline bool unraced_is_watched(const struct unraced_capture *capture, u8 syscall)
{
	return unraced_is_among(capture->config.syscalls, syscall);
}

#endif
