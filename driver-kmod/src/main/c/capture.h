/* SPDX-License-Identifier: GPL-2.0-only */
/* One capture: what an open file of the device owns. */
#ifndef UNRACED_CAPTURE_H
#define UNRACED_CAPTURE_H

#include <linux/irq_work.h>
#include <linux/kprobes.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/wait.h>

#include "call.h"
#include "device.h"
#include "ring.h"
#include "stash.h"
#include "walk.h"

#define UNRACED_PATH_ROOM 4096
#define UNRACED_RING_LEAST 65536

/* A connect as the kernel carries it out; see connects.h. */
struct unraced_act {
	u64 socket; /* the address of its struct sock */
	u64 number; /* rises with each act of the capture */
	s32 device; /* the interface that the socket was bound to before */
	u8 overlapped;
	u8 reserved[3];
};

/* What a CPU builds records in. Whoever uses it keeps preemption off. */
struct unraced_area {
	struct unraced_call call;
	u8 bytes[UNRACED_PATH_ROOM]; /* what the call is compared with */
	u8 path[UNRACED_PATH_ROOM];  /* of the opened file, from the end */
	struct unraced_walk walk;
	struct unraced_act act;
	bool acted; /* whether act is that of the call */
};

/* The places where the kernel has its own copy, or its result; those of connects are in connects.c. */
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
	struct mutex lock; /* of what follows, up to the probes */
	bool configured;
	bool started;
	bool ready; /* once all is there that can be mapped and waited for; never again not */
	struct unraced_config config;
	struct unraced_probe probes[UNRACED_COPIES];

	u32 mitigation; /* read at entry, once */
	u32 enter_events;
	u32 self_tgid;
	u32 *tgids;
	u32 *uids;
	u64 *cgroups;
	u32 *mount_namespaces;
	struct unraced_prefix *paths;
	struct unraced_stash *stash;
	/* A byte for each thread id; see trace.h. */
	u8 *trace;
	u64 armed_ns; /* when the probes were in place everywhere; 0 until then */
	u8 trace_covered;
	/* By the low bits of a thread's id, whether one has ever entered with shared descriptors: spares others a search. */
	u8 sharers[UNRACED_SHARERS];
	struct unraced_area *areas; /* by CPU */
	struct unraced_limits *limits; /* null without any */
	u32 limit_seed;

	/* of connects; see connects.h */
	struct unraced_stash *sockets; /* by the address of a struct sock */
	struct unraced_stash *acts;    /* by thread, or by the address of a request */
	atomic64_t acts_begun;
	struct unraced_probe connect_probe;
	struct unraced_probe send_probe;

	/* of io_urings, by the addresses of requests; null where they cannot be read */
	struct unraced_stash *requests;
	struct unraced_stash *posted; /* what is in flight, by ring and user_data; see posted.h */
	struct unraced_stash *issued; /* addresses by the thread that is about to connect */
	struct unraced_probe issue_probe;
	struct unraced_return_probe open_probe;
	int request_points;

	struct unraced_ring *rings; /* one, or by CPU */
	u32 ring_count;
	struct unraced_reader *reader;
	struct unraced_counters *counters; /* by CPU */
	struct unraced_ledger *ledgers; /* by CPU */
	struct page **pages; /* of all that can be mapped, in its order */
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
/* One for calls, of the size that was configured. */
struct unraced_stash *unraced_capture_new_stash(const struct unraced_capture *capture);
/* One whose entries are short, all of so many bytes; with pairs as keys or not. */
struct unraced_stash *unraced_capture_new_table(u32 entries, u32 bytes, bool pairs);

/* memory.c */
int unraced_memory_map(struct unraced_capture *capture);
void unraced_memory_unmap(struct unraced_capture *capture);
/* Whether the page at this place of the mapping is one that the reader writes. */
bool unraced_is_readers_page(const struct unraced_capture *capture, unsigned long page);

/* probes.c */
int unraced_probes_find(void);
int unraced_probes_start(struct unraced_capture *capture);
void unraced_probes_stop(struct unraced_capture *capture);

/* copies.c: the functions that copy; their probes are registered once the mode asks for them. */
int unraced_copies_start(struct unraced_capture *capture);
void unraced_copies_stop(struct unraced_capture *capture);
/* Finds out, once, what this kernel has of them; enum unraced_feature tells. */
void unraced_copies_find(void);
u32 unraced_copies_features(void);
/* Whether one could listen to this function now. */
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

/* That of this CPU, if each has one: then a ring has one producer at a time, and its records rise in time. */
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
