/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The filters of a capture, and the counts of what they leave out (R1.10). */
#ifndef UNRACED_FILTER_H
#define UNRACED_FILTER_H

#include "unraced/base.h"
#include "unraced/record.h"
#include "unraced/result.h"

enum unraced_filter {
	UNRACED_FILTER_SELF = 1u << 0,	/* leave out the capturing process */
	UNRACED_FILTER_TGIDS = 1u << 1, /* leave out all thread groups but those listed */
	UNRACED_FILTER_UIDS = 1u << 2,
	UNRACED_FILTER_CGROUPS = 1u << 3, /* each cgroup includes those below it */
	UNRACED_FILTER_MOUNT_NS = 1u << 4,
	UNRACED_FILTER_PATHS = 1u << 5,
	UNRACED_FILTER_FAILED = 1u << 6,    /* leave out all but failed calls */
	UNRACED_FILTER_SUCCEEDED = 1u << 7, /* leave out failed calls */
	UNRACED_FILTER_EXECUTABLES = 1u << 8,
};

/* These are all filters. */
#define UNRACED_FILTERS (2 * UNRACED_FILTER_EXECUTABLES - 1)

/* The file that a process executes, as a list or a map of filters has it. */
struct unraced_executable {
	__u64 inode;
	__u32 device; /* the kernel's dev_t, of the superblock */
	__u32 reserved;
};

/*
 * Filters change while the capture runs. A word has those that are on in its lowest bits, as enum unraced_filter, and
 * the number of their generation above them. The last generations are kept, the one in force among them.
 */
#define UNRACED_FILTER_GENERATION_SHIFT 9
#define UNRACED_FILTER_GENERATIONS 8

/* These filters need the path or the result, not only the caller. */
#define UNRACED_FILTERS_AT_RETURN \
	(UNRACED_FILTER_PATHS | UNRACED_FILTER_FAILED | UNRACED_FILTER_SUCCEEDED)

/* The filter that leaves out a call, in the order in which filters are tried. */
enum unraced_verdict {
	UNRACED_PASS,
	UNRACED_SELF,
	UNRACED_OTHER_TGID,
	UNRACED_OTHER_UID,
	UNRACED_OTHER_CGROUP,
	UNRACED_OTHER_MOUNT_NS,
	UNRACED_OTHER_EXECUTABLE,
	UNRACED_OTHER_PATH,
	UNRACED_OTHER_RESULT,
};

/* The calls that each filter has left out. */
struct unraced_filtered {
	__u64 self;
	__u64 tgid;
	__u64 uid;
	__u64 cgroup;
	__u64 mount_ns;
	__u64 executable;
	__u64 path;
	__u64 result;
};

/*
 * Returns whether the filter of paths needs to look at a call's path. A connect has no path, and an
 * unreadable path passes, since it may be a wanted one.
 */
UNRACED_INLINE bool unraced_path_is_filtered(__u32 filters, __u8 syscall, __u8 provenance)
{
	return (filters & UNRACED_FILTER_PATHS) && syscall != UNRACED_CONNECT &&
	       provenance != UNRACED_PROVENANCE_NONE;
}

/* Returns whether a filter leaves out calls that end like this one. */
UNRACED_INLINE bool unraced_result_is_filtered(__u32 filters, __u8 syscall, __u32 flags,
					       __s64 result)
{
	return filters & (unraced_has_failed(syscall, flags, result) ? UNRACED_FILTER_SUCCEEDED
								     : UNRACED_FILTER_FAILED);
}

/* Returns whether a call is watched (R1.9); "syscalls" has a bit for each. */
UNRACED_INLINE bool unraced_is_among(__u32 syscalls, __u8 syscall)
{
	return syscalls >> (syscall & 31) & 1;
}

UNRACED_INLINE void unraced_count_filtered(struct unraced_filtered *filtered,
					   enum unraced_verdict verdict)
{
	switch (verdict) {
	case UNRACED_SELF:
		filtered->self++;
		break;
	case UNRACED_OTHER_TGID:
		filtered->tgid++;
		break;
	case UNRACED_OTHER_UID:
		filtered->uid++;
		break;
	case UNRACED_OTHER_CGROUP:
		filtered->cgroup++;
		break;
	case UNRACED_OTHER_MOUNT_NS:
		filtered->mount_ns++;
		break;
	case UNRACED_OTHER_EXECUTABLE:
		filtered->executable++;
		break;
	case UNRACED_OTHER_PATH:
		filtered->path++;
		break;
	case UNRACED_OTHER_RESULT:
		filtered->result++;
		break;
	case UNRACED_PASS:
		break;
	}
}

#endif
