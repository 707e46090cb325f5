/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The programs share this memory with the Java side, besides the ring. dev.unraced.ebpf.ControlLayout holds the same
 * offsets; a test compares them.
 */
#ifndef UNRACED_LIB_CONTROL_H
#define UNRACED_LIB_CONTROL_H

#include "lib/kernel_types.h"
#include "unraced/filter.h"

/*
 * Filters can change while the programs run. One store puts the word of a generation into force. A value of the maps of
 * filters has a bit for each of the latest generations: those that let the key through.
 */
#define FILTERS_FORGOTTEN (~0u)

/* Java writes this struct and the programs read it; both write reader_waiting. */
struct unraced_control {
	__u32 active;	      /* 0: the programs do nothing */
	__u32 mitigation;     /* enum unraced_mitigation */
	__u32 reader_waiting; /* 1: the next record wakes the reader */
	__u32 self_tgid;      /* the capturing process, in the initial pid namespace */
	__u32 filters;	      /* the filters in force, and their generation */
	__u32 integrity;      /* 1: the requested path or address is compared with the object */
	__u32 enter_events;   /* 1: each call also makes an event at its entry */
	__u32 ring_per_cpu;   /* 1: records go to the CPU's own ring */
	__u32 copies;	      /* calls whose kernel copies are captured: 1 << enum unraced_syscall */
	__u32 syscalls;	      /* the calls to watch: 1 << enum unraced_syscall */
	__u32 has_requests;   /* written by init_control: 1 when io_uring requests can be read */
	__u32 stash_entries;  /* calls that the stash can hold at once */
	__u32 slot_mask;      /* number of slots minus one */
	__u32 task_storage;   /* 1: threads have slots of their own */
	/* CLOCK_BOOTTIME in ns: the programs see every entry of threads that started later; 0 means unknown. */
	__u64 entries_since;
	/* Each call writes these fields, so they have a cache line of their own. */
	__u32 stashed; /* calls in the stash */
	__u32 spilled; /* those of the stashed calls that are in the hash map */
	__u32 owners;  /* threads with slots of their own */
	__u32 connect_requests; /* 1: an io_uring got a connect */
	__u32 refusals;  /* 1: the stash has refused a call */
	__u32 reserved2[11];
	/* Each event reads these fields; a running capture never writes them. */
	__u32 user_interval; /* ns that one event costs its user: 1 s divided by the limit; 0 without a limit */
	__u32 cgroup_interval;
	__u32 limit_seed; /* random, so that no caller can predict which owners share a group of buckets */
	__u32 polled_flag; /* the kernel's flag of a request that has polled its file (REQ_F_POLLED); 0 when unknown */
	__u32 no_snapshots; /* calls that need no snapshot in mode kernel: 1 << enum unraced_syscall */
	/* The latest filters, each at its generation's remainder; FILTERS_FORGOTTEN where the maps do not have them. */
	__u32 generations[UNRACED_FILTER_GENERATIONS];
	__u32 blind; /* 1: no program sees the calls of 32-bit programs and by the x32 convention */
	/* CLOCK_BOOTTIME in ns: younger threads know only the filters in force; all bits while they change. */
	__u64 filtered_since;
	__u32 cleanup_flag; /* the kernel's flag of an open that has not run (REQ_F_NEED_CLEANUP); 0 when unknown */
	__u32 reserved3;
};

/*
 * These filters can drop an entry and still pass the return: meanwhile other tasks can move the caller, rewrite the
 * path, or name another file as the executable of the caller's memory.
 */
#define UNRACED_FILTERS_OTHERS_CAN_CHANGE \
	(UNRACED_FILTER_PATHS | UNRACED_FILTER_CGROUPS | UNRACED_FILTER_EXECUTABLES)

/*
 * The counters of one possible CPU, which only the programs write. Their sums balance when no call is under way (R8.1,
 * R8.2).
 */
struct unraced_counters {
	__u64 sequence;
	__u64 returned;
	__u64 submitted;
	__u64 ring_full;
	struct unraced_filtered filtered;
	__u64 puts;
	__u64 takes;
	__u64 reclaimed;
	__u64 stale;
	__u64 refused;
	__u64 wakeups;
	__u64 entered;
	__u64 silent; /* requests whose completion no tracepoint reports */
	__u64 unfinished; /* calls whose tail call found no program, or whose return no program saw */
	__u64 copies_missed; /* events of calls that reached the kernel's copy without a program capturing it */
	__u64 rate_limited; /* events beyond a limit of their user or cgroup */
	__u64 process_sequence; /* process events made */
	__u64 reserved[8];
};

#endif
