/* SPDX-License-Identifier: GPL-2.0-only */
/* One capture: the state that belongs to one open file of the device. */
#ifndef UNRACED_LIB_CAPTURE_H
#define UNRACED_LIB_CAPTURE_H

#include <linux/irq_work.h>
#include <linux/kprobes.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/wait.h>

#include "call/call.h"
#include "lib/device.h"
#include "out/ring.h"
#include "stash/stash.h"
#include "path/walk.h"

#define UNRACED_PATH_ROOM 4096
#define UNRACED_RING_LEAST 65536

/* A connect as the kernel carries it out; see object/connects.h. */
struct unraced_act {
	u64 socket; /* the address of its struct sock */
	u64 number; /* rises with each act of the capture */
	s32 device; /* the interface that the socket was bound to before the act */
	u8 overlapped;
	u8 reserved[3];
};

/* The scratch memory in which a CPU builds records. Its user keeps preemption off. */
struct unraced_area {
	struct unraced_call call;
	u8 bytes[UNRACED_PATH_ROOM]; /* bytes that the call is compared with */
	u8 path[UNRACED_PATH_ROOM];  /* the path of the opened file, written from the end */
	struct unraced_walk walk;
	struct unraced_act act;
	bool acted; /* act belongs to the call in this area */
};

/* The places where the kernel has its own copy, or its result; those for connects are in object/connects.c. */
enum unraced_copy {
	UNRACED_COPY_PATH,
	UNRACED_COPY_HOW,
	UNRACED_COPY_FILE,
	UNRACED_COPIES,
};

#define UNRACED_SHARERS 1024
#define UNRACED_TRACE_BYTES (1u << 22)

struct unraced_probe {
	struct kprobe kprobe;
	struct unraced_capture *capture;
	bool registered;
};

struct unraced_return_probe {
	struct kretprobe kretprobe;
	struct unraced_capture *capture;
	bool registered;
};

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
	u32 *tgids;
	u32 *uids;
	u64 *cgroups;
	u32 *mount_namespaces;
	struct unraced_prefix *paths;
	struct unraced_stash *stash;
	/* One byte for each thread id; see syscall/execution.h. */
	u8 *trace;
	u64 armed_ns; /* time at which the probes were in place on every CPU; 0 until then */
	u8 trace_covered;
	/*
	 * Set, at the low bits of a thread's id, once such a thread has entered with shared descriptors. Other threads
	 * need no search.
	 */
	u8 sharers[UNRACED_SHARERS];
	struct unraced_area *areas; /* by CPU */
	struct unraced_limits *limits; /* null without any limit */
	u32 limit_seed;

	/* connects; see object/connects.h */
	struct unraced_stash *sockets; /* by the address of a struct sock */
	struct unraced_stash *acts;    /* by thread, or by the address of a request */
	atomic64_t acts_begun;
	struct unraced_probe connect_probe;
	struct unraced_probe send_probe;

	/* requests of io_urings, by their addresses; null where requests cannot be read */
	struct unraced_stash *requests;
	struct unraced_stash *posted; /* requests in flight, by ring and user_data; see iouring/posted.h */
	struct unraced_stash *issued; /* addresses of requests, by the thread that is about to connect */
	struct unraced_probe issue_probe;
	struct unraced_return_probe open_probe;
	int request_points;

	struct unraced_ring *rings; /* one for all CPUs, or one by CPU */
	u32 ring_count;
	struct unraced_reader *reader;
	struct unraced_counters *counters; /* by CPU */
	struct unraced_ledger *ledgers; /* by CPU */
	struct page **pages; /* every page that can be mapped, in the order of the mapping */
	unsigned long page_count;

	struct irq_work bell;
	wait_queue_head_t waiters;
	bool woken;
};

/* capture.c */
int unraced_capture_configure(struct unraced_capture *capture, const struct unraced_config *config);
int unraced_capture_switch(struct unraced_capture *capture, u32 mitigation);
void unraced_capture_stop(struct unraced_capture *capture);
void unraced_capture_release(struct unraced_capture *capture);
/* Makes a stash for calls, of the configured size. */
struct unraced_stash *unraced_capture_new_stash(const struct unraced_capture *capture);
/* Makes a stash of short entries, each of this many bytes. With pairs, thread and start together are the key. */
struct unraced_stash *unraced_capture_new_table(u32 entries, u32 bytes, bool pairs);

/* memory.c */
int unraced_memory_map(struct unraced_capture *capture);
void unraced_memory_unmap(struct unraced_capture *capture);
/* Returns whether the page at this place of the mapping is one that the reader writes. */
bool unraced_is_readers_page(const struct unraced_capture *capture, unsigned long page);

/* probes.c */
int unraced_probes_find(void);
int unraced_probes_start(struct unraced_capture *capture);
void unraced_probes_stop(struct unraced_capture *capture);

/* copies.c: probes on the kernel functions that copy arguments; they are registered once the mode needs them. */
int unraced_copies_start(struct unraced_capture *capture);
void unraced_copies_stop(struct unraced_capture *capture);
/* Finds out, once, which of these functions this kernel has; unraced_copies_features() returns the result. */
void unraced_copies_find(void);
u32 unraced_copies_features(void);
/* Returns whether a kprobe on this function is possible now. */
bool unraced_can_probe(const char *symbol, kprobe_pre_handler_t handler);

/* requests.c: requests of io_urings */
void unraced_requests_find(void);
u32 unraced_requests_features(void);
int unraced_requests_start(struct unraced_capture *capture);
void unraced_requests_stop(struct unraced_capture *capture);

static inline struct unraced_area *unraced_area(struct unraced_capture *capture)
{
	return &capture->areas[smp_processor_id()];
}

/*
 * The ring of this CPU if each CPU has one. Such a ring has one producer at a time, so its records are in order of
 * time.
 */
static inline struct unraced_ring *unraced_ring_here(struct unraced_capture *capture)
{
	return &capture->rings[capture->ring_count > 1 ? smp_processor_id() : 0];
}

static inline u8 *unraced_sharer(struct unraced_capture *capture)
{
	return &capture->sharers[current->pid % UNRACED_SHARERS];
}

static inline struct unraced_counters *unraced_row(struct unraced_capture *capture)
{
	return &capture->counters[smp_processor_id()];
}

#endif
