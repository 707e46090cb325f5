/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * /dev/unraced, as its users see it. dev.unraced.kmod.DeviceLayout holds the same numbers; a test compares them.
 *
 * Each open file is one capture: CONFIGURE once, mmap what it tells, read the ring, STOP, close. Opening needs
 * CAP_SYS_ADMIN in the initial user namespace. The mapped pages are, from offset 0:
 *   1 page            the reader's, writable: struct unraced_reader
 *   1 page            the producer's position, a 64-bit byte count
 *   2 * ring_bytes    the records, twice in a row
 *   counter_rows      one struct unraced_counters for each possible CPU
 */
#ifndef UNRACED_DEVICE_H
#define UNRACED_DEVICE_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define UNRACED_DEVICE_VERSION 1

/* Written by the reader alone, but for waiting, which the producer clears. */
struct unraced_reader {
	__u64 position;
	__u64 reserved[7];
	__u32 waiting; /* 1: the next record wakes the reader */
};

enum unraced_filter {
	UNRACED_FILTER_SELF = 1u << 0, /* leave out the thread group that configures */
	UNRACED_FILTER_TGIDS = 1u << 1, /* leave out all but those listed */
	UNRACED_FILTER_UIDS = 1u << 2,
	UNRACED_FILTER_CGROUPS = 1u << 3,
};

/* Lists are at most this long. */
#define UNRACED_FILTER_MAX 65536

struct unraced_config {
	__u32 version; /* UNRACED_DEVICE_VERSION; anything else is EPROTO */
	__u32 size;    /* of this structure; anything else is EPROTO */
	__u32 mitigation; /* enum unraced_mitigation */
	__u32 integrity;
	__u32 syscalls; /* a bit for each enum unraced_syscall */
	__u32 filters;
	__u64 ring_bytes; /* a power of two from 64 KiB to 512 MiB */
	__u32 stash_entries;
	__u32 stash_long_entries;
	__u32 tgid_count;
	__u32 uid_count;
	__u32 cgroup_count;
	__u32 reserved; /* 0 */
	__u64 tgids; /* user addresses of sorted lists: of __u32, __u32, __u64 */
	__u64 uids;
	__u64 cgroups;
	/* answers */
	__u64 counters_offset; /* where the counters are mapped */
	__u64 counter_rows;
	__u64 stash_bytes;
};

/* Written by the module only. */
struct unraced_counters {
	__u64 sequence;
	__u64 returned;
	__u64 submitted;
	__u64 ring_full;
	__u64 filtered_self;
	__u64 filtered_tgid;
	__u64 filtered_uid;
	__u64 filtered_cgroup;
	__u64 wakeups;
	__u64 reserved[7];
};

struct unraced_books {
	__u64 puts;
	__u64 takes;
	__u64 evicted;
	__u64 reclaimed;
	__u64 stale;
	__u64 live;
	__u64 capacity;
	__u64 bytes;
};

#define UNRACED_IOC_CONFIGURE _IOWR(0xAE, 0xE0, struct unraced_config)
/* enum unraced_mitigation, from now on */
#define UNRACED_IOC_MITIGATION _IOW(0xAE, 0xE1, __u32)
#define UNRACED_IOC_BOOKS _IOR(0xAE, 0xE2, struct unraced_books)
/* No record follows; those in the ring stay. The stash is empty afterwards. */
#define UNRACED_IOC_STOP _IO(0xAE, 0xE3)
/* Ends poll(2), now and from now on. */
#define UNRACED_IOC_WAKE _IO(0xAE, 0xE4)

#endif
