/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Memory shared by the programs and the Java side besides the ring. dev.unraced.ebpf.ControlLayout holds the same
 * offsets; a test compares them.
 */
#ifndef UNRACED_LIB_CONTROL_H
#define UNRACED_LIB_CONTROL_H

#include "lib/kernel_types.h"

/* Written by Java, read by the programs; reader_waiting by both. */
struct unraced_control {
	__u32 active;	      /* 0: the programs do nothing */
	__u32 mitigation;     /* enum unraced_mitigation */
	__u32 reader_waiting; /* 1: the next record rings the bell */
	__u32 self_tgid;      /* of the capturing process, in the initial pid namespace */
	__u32 filters;	      /* enum unraced_filter */
	__u32 integrity;      /* 1: claims are compared with what the call acted on */
	__u32 enter_events;   /* 1: the entry of a call is an event, too */
	__u32 ring_per_cpu;   /* 1: records go to the CPU's own ring */
	__u32 copies;	      /* calls whose copies inside the kernel are taken: 1 << enum unraced_syscall */
	__u32 syscalls;	      /* the calls to watch, a bit for each by its number in enum unraced_syscall */
	__u32 has_requests;   /* written by init_self: 1 when requests of io_urings can be read */
	__u32 stash_entries;  /* calls that the stash takes at once */
	__u32 slot_mask;      /* number of slots, less one */
	__u32 task_storage;   /* 1: threads have slots of their own */
	/* CLOCK_BOOTTIME in ns: no entry of threads that began later is missed; 0 of none */
	__u64 entries_since;
	/* Written at each call, so on a cache line that nothing else is read from. */
	__u32 stashed; /* calls in the stash */
	__u32 spilled; /* of these, in the hash map */
	__u32 owners;  /* threads with slots of their own */
	__u32 forgotten; /* refused calls for which there was no room in the map of refused ones */
	__u32 reserved2[12];
	/* Read of each event, and never written while a capture runs. */
	__u32 user_interval; /* ns that an event of a user pays for: 1 s divided by the limit; 0 without a limit */
	__u32 cgroup_interval;
	__u32 limit_seed; /* random, so that nobody knows which users or cgroups share a group of buckets */
	__u32 reserved3[13];
};

enum unraced_filter {
	UNRACED_FILTER_SELF = 1u << 0,	  /* leave out the capturing process */
	UNRACED_FILTER_TGIDS = 1u << 1,	  /* leave out all but the thread groups in the map */
	UNRACED_FILTER_UIDS = 1u << 2,
	UNRACED_FILTER_CGROUPS = 1u << 3, /* with all below them */
	UNRACED_FILTER_MOUNT_NS = 1u << 4,
	UNRACED_FILTER_PATHS = 1u << 5,
	UNRACED_FILTER_FAILED = 1u << 6,    /* leave out all but failed calls */
	UNRACED_FILTER_SUCCEEDED = 1u << 7, /* leave out failed calls */
};

/* Those that can leave out an entry and let the return pass: others can move the caller, or rewrite the path, meanwhile. */
#define UNRACED_FILTERS_THAT_TURN (UNRACED_FILTER_PATHS | UNRACED_FILTER_CGROUPS)

/* Those that ask for more than who calls. */
#define UNRACED_FILTERS_AT_RETURN (UNRACED_FILTER_PATHS | UNRACED_FILTER_FAILED | UNRACED_FILTER_SUCCEEDED)

/* One row per possible CPU, written by the programs only. */
struct unraced_counters {
	__u64 sequence;
	__u64 returned;
	__u64 submitted;
	__u64 ring_full;
	__u64 filtered_self;
	__u64 filtered_tgid;
	__u64 filtered_uid;
	__u64 filtered_cgroup;
	__u64 puts;
	__u64 takes;
	__u64 reclaimed;
	__u64 stale;
	__u64 refused;
	__u64 wakeups;
	__u64 entered;
	__u64 filtered_mount_ns;
	__u64 filtered_path;
	__u64 filtered_result;
	__u64 silent; /* requests that nothing tells the end of */
	__u64 unfinished; /* calls that found no program to finish them */
	__u64 copies_missed; /* events of calls that came to the kernel's copy, which no program took */
	__u64 rate_limited; /* events beyond a limit of their user or cgroup */
	__u64 reserved[10];
};

#endif
