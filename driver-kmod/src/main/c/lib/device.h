/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * /dev/unraced, as its users see it. dev.unraced.kmod.DeviceLayout holds the same numbers; a test compares them.
 *
 * Each open file is one capture: CONFIGURE it once, mmap its pages, read the ring, STOP, close. Opening needs
 * CAP_SYS_ADMIN in the initial user namespace. The mapped pages are, from offset 0, for each of ring_count rings:
 *   1 page            the reader's, writable: struct unraced_reader
 *   1 page            the producer's position, a 64-bit byte count
 *   2 * ring_bytes    the records, twice in a row
 * and then:
 *   counter_rows      one struct unraced_counters for each possible CPU
 * and then, from a page's start, as many struct unraced_ledger (unraced/callers.h).
 */
#ifndef UNRACED_LIB_DEVICE_H
#define UNRACED_LIB_DEVICE_H

#include <linux/ioctl.h>
#include <linux/types.h>

#include "unraced/filter.h"

#define UNRACED_DEVICE_VERSION 7

/*
 * Only the reader writes this page; the producer only clears waiting. The fields after the position count in the first
 * ring's page only, for all rings.
 */
struct unraced_reader {
	__u64 position;
	__u64 reserved[7];
	__u32 waiting;	 /* 1: the record with which a ring reaches the watermark wakes the reader */
	__u32 watermark; /* unread bytes; 0 acts as 1 */
};

/* A list has at most this many elements. */
#define UNRACED_FILTER_MAX 65536
#define UNRACED_PREFIX_MAX 256

/* The start of a path. */
struct unraced_prefix {
	__u32 length; /* 1 to UNRACED_PREFIX_MAX */
	__u8 bytes[UNRACED_PREFIX_MAX];
};

/* The places where calls are seen. */
enum unraced_hooks {
	UNRACED_HOOKS_AUTO, /* at functions where the kernel lets them be patched, else at tracepoints */
	UNRACED_HOOKS_FUNCTION,
	UNRACED_HOOKS_TRACEPOINT,
};

/* The abilities of this module on this kernel. */
enum unraced_feature {
	UNRACED_FEATURE_KERNEL = 1u << 0,   /* the functions that mode kernel probes exist */
	UNRACED_FEATURE_IO_URING = 1u << 1, /* requests of io_urings can be read */
	UNRACED_FEATURE_PROCESSES = 1u << 2, /* the tracepoints of process events exist */
	UNRACED_FEATURE_FUNCTIONS = 1u << 3, /* the kernel's functions for calls can be patched */
};

/* The filters of a capture. */
struct unraced_lists {
	__u32 filters; /* enum unraced_filter */
	__u32 tgid_count;
	__u32 uid_count;
	__u32 cgroup_count;
	__u32 mount_ns_count;
	__u32 path_count;
	__u32 executable_count;
	__u32 reserved; /* 0 */
	__u64 tgids; /* user addresses of sorted lists: of __u32, __u32, __u64, __u32 */
	__u64 uids;
	__u64 cgroups;
	__u64 mount_namespaces;
	__u64 paths; /* array of struct unraced_prefix, sorted by bytes; no prefix is the start of another */
	__u64 executables; /* array of struct unraced_executable, sorted by device and inode */
};

struct unraced_config {
	__u32 version; /* UNRACED_DEVICE_VERSION; EPROTO for any other value */
	__u32 size;    /* size of this structure; EPROTO for any other value */
	__u32 mitigation; /* enum unraced_mitigation */
	__u32 integrity;
	__u32 syscalls; /* a bit for each enum unraced_syscall */
	__u32 process_events; /* 1: forks, execs and ends are events, too, and each process that is there */
	/* size of all rings together, a power of two from 64 KiB to 512 MiB; the answer is that of each ring */
	__u64 ring_bytes;
	__u32 ring_per_cpu;
	__u32 enter_events;
	__u32 stash_entries;
	__u32 stash_long_entries;
	/* nanoseconds that each event of a user costs: 1 s divided by the limit; 0 without a limit */
	__u32 user_interval;
	__u32 cgroup_interval;
	struct unraced_lists lists;
	/* The module answers with these. */
	__u64 ring_count;
	__u64 counters_offset; /* offset at which the counters are mapped */
	__u64 counter_rows;
	__u64 stash_bytes;
	__u64 ledgers_offset; /* offset at which the losses by caller are mapped */
	__u32 hooks; /* enum unraced_hooks; the answer is what was taken */
	__u32 hooks_error; /* the errno for which functions were not taken, or 0 */
};

/* Only the module writes these. Their sums balance when no call is under way (R8.1). */
struct unraced_counters {
	__u64 sequence;
	__u64 returned;
	__u64 submitted;
	__u64 ring_full;
	struct unraced_filtered filtered;
	__u64 entered;
	__u64 silent; /* requests of io_urings whose end no tracepoint reports */
	__u64 wakeups;
	__u64 rate_limited; /* events beyond a limit of their user or cgroup */
	__u64 process_sequence; /* process events made */
	__u64 reserved[7]; /* a row is whole cache lines */
};

struct unraced_stats {
	__u64 puts;
	__u64 takes;
	__u64 evicted;
	__u64 reclaimed;
	__u64 stale;
	__u64 live;
	__u64 capacity;
	__u64 bytes; /* of all that the capture keeps about calls; they can grow with the first change of filters */
};

#define UNRACED_IOC_CONFIGURE _IOWR(0xAE, 0xE0, struct unraced_config)
/* The argument is an enum unraced_mitigation; it applies from now on. */
#define UNRACED_IOC_MITIGATION _IOW(0xAE, 0xE1, __u32)
#define UNRACED_IOC_STATS _IOR(0xAE, 0xE2, struct unraced_stats)
/* No record follows; those in the ring stay. The stash is empty afterwards. */
#define UNRACED_IOC_STOP _IO(0xAE, 0xE3)
/* Ends poll(2), now and from now on. */
#define UNRACED_IOC_WAKE _IO(0xAE, 0xE4)
/* The argument is 1 to write a record at the entry of each call, too, from now on, or 0 to stop that. */
#define UNRACED_IOC_ENTER_EVENTS _IOW(0xAE, 0xE5, __u32)
/* Answers with enum unraced_feature bits on any open file, configured or not. */
#define UNRACED_IOC_FEATURES _IOR(0xAE, 0xE6, __u32)
/* Puts other filters into force, for calls that enter from now on. After an error, the filters are as they were. */
#define UNRACED_IOC_FILTERS _IOW(0xAE, 0xE7, struct unraced_lists)

#endif
