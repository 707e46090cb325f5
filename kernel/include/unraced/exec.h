/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * A call of execve or execveat from its entry to its end, as both kernel drivers follow it: one that fails makes an
 * event of its own, and one that succeeds gives the event of its exec the credentials of before (R16.10, R16.11).
 */
#ifndef UNRACED_EXEC_H
#define UNRACED_EXEC_H

#include "unraced/arguments.h"
#include "unraced/base.h"
#include "unraced/filter.h"
#include "unraced/process.h"

/* A call with its registers. A driver leaves out those that lead to the arguments and the environment. */
struct unraced_exec_registers {
	__u64 args[5];
	__u8 call; /* enum unraced_exec_call */
	__u8 abi;
	__u8 ran; /* 1: the call surely ran */
};

/* A call's request and its caller, as they were when the call entered. */
struct unraced_exec {
	__u64 enter_ns; /* 0 when the entry was missed */
	__u64 pointer;	/* user address of the path */
	__u64 mm;	/* the kernel's address of the thread's memory */
	struct unraced_credentials before;
	__u32 tid;
	__u32 exec_id;
	__s32 dirfd;
	__u32 at_flags;
	__u32 flags; /* enum unraced_flag */
	__u32 base_count; /* of the changes of root and working directory at entry; odd: unknown */
	__u16 length; /* of the path */
	__u8 call; /* enum unraced_exec_call */
	__u8 abi;
	__u8 mitigation;
	__u8 provenance;
	__u8 has_failed; /* 1: when the image that called was gone, so the process ends */
	__u8 unlisted; /* 1: the image that called is not among those watched, so a failure is no event */
};

/*
 * Returns whether a call is followed from its entry. An unlisted program's may execute a listed one; and where it fails
 * when the old image is gone, only its entry knows who called (R16.7).
 */
UNRACED_INLINE bool unraced_exec_is_followed(enum unraced_verdict verdict)
{
	return verdict == UNRACED_PASS || verdict == UNRACED_OTHER_EXECUTABLE;
}

/*
 * Judges the end of a process whose last exec failed when the old image was gone: by the image that called, since the
 * process ran no other one (R16.7).
 */
UNRACED_INLINE enum unraced_verdict unraced_end_is_judged(enum unraced_verdict verdict, bool unlisted)
{
	if (!unraced_exec_is_followed(verdict))
		return verdict;
	return unlisted ? UNRACED_OTHER_EXECUTABLE : UNRACED_PASS;
}

/* Returns whether a call returned no error. A 32-bit program sees the low half of the result. */
UNRACED_INLINE bool unraced_exec_succeeded(const struct unraced_exec_registers *from, __s64 result)
{
	return (from->abi == UNRACED_ABI_IA32 ? (__s32)result : result) >= 0;
}

/* Finds the arguments among the registers. The driver adds who calls. */
UNRACED_INLINE void unraced_exec_begin(struct unraced_exec *exec, const struct unraced_exec_registers *from,
				       __u8 mitigation)
{
	bool at = from->call == UNRACED_EXECVEAT;

	*exec = (struct unraced_exec){};
	exec->call = from->call;
	exec->abi = from->abi;
	exec->mitigation = mitigation;
	exec->dirfd = at ? (__s32)from->args[0] : UNRACED_AT_FDCWD;
	exec->pointer = at ? from->args[1] : from->args[0];
	exec->at_flags = at ? (__u32)from->args[4] : 0;
}

/*
 * Flags a call whose entry is not known at its return: "why" is STASH_FULL or EVICTED where that is the reason, else 0.
 * In mode off the path is read at the return anyway.
 */
UNRACED_INLINE void unraced_exec_missed(struct unraced_exec *exec, bool ran, __u32 why)
{
	if (why || exec->mitigation != UNRACED_MITIGATION_OFF)
		exec->flags |= UNRACED_ENTER_MISSED | why;
	if (!ran)
		exec->flags |= UNRACED_EXECUTION_UNKNOWN;
}

/* The remaining work on the path of a call that has failed. */
enum unraced_exec_step {
	UNRACED_EXEC_LEAVE,
	UNRACED_EXEC_READ,
	UNRACED_EXEC_COMPARE, /* with what its memory has now */
};

/* Another memory, which the kernel may have begun, has bytes at the same address that say nothing about this call. */
UNRACED_INLINE enum unraced_exec_step unraced_exec_returned(struct unraced_exec *exec, __u64 mm, bool integrity)
{
	bool is_same = exec->mm == mm;

	if (exec->provenance != UNRACED_PROVENANCE_NONE)
		return is_same && integrity ? UNRACED_EXEC_COMPARE : UNRACED_EXEC_LEAVE;
	if (exec->enter_ns && exec->mitigation != UNRACED_MITIGATION_OFF && !(exec->flags & UNRACED_STASH_FULL))
		exec->flags |= UNRACED_FAULTED;
	return is_same ? UNRACED_EXEC_READ : UNRACED_EXEC_LEAVE;
}

/*
 * Judges the path of an exec, which lies in the record. It is the kernel's own copy, and so proven; CHANGED says that
 * the snapshot of the entry was another one. Where a descriptor names the file, the kernel makes a path of its number.
 * That is no argument, and proves nothing (R16.2).
 */
UNRACED_INLINE void unraced_exec_path_is_copied(struct unraced_process *record, bool by_descriptor, bool changed)
{
	if (!record->path.offset)
		return;
	record->provenance = UNRACED_PROVENANCE_KERNEL;
	if (by_descriptor)
		return;
	record->integrity = changed ? UNRACED_INTEGRITY_CHANGED : UNRACED_INTEGRITY_MATCH;
}

/* Returns whether the entry's snapshot of a path is there to be compared with the kernel's copy. */
UNRACED_INLINE bool unraced_exec_has_snapshot(const struct unraced_exec *exec)
{
	return exec->provenance == UNRACED_PROVENANCE_ENTER;
}

/* Fills in by which call an exec came, and the caller's credentials before it (R16.11). */
UNRACED_INLINE void unraced_exec_came(struct unraced_process *record, const struct unraced_exec *exec)
{
	record->call = exec->call;
	record->abi = exec->abi;
	record->before = exec->before;
}

/*
 * Fills in the record of an exec that failed; the path lies at its end (R16.10). A failure can come so late that the
 * kernel has given the thread the id of the first one, and the process the number of the next image.
 */
UNRACED_INLINE void unraced_exec_failed(struct unraced_process *record, const struct unraced_exec *exec, __s64 result,
					__u8 integrity)
{
	record->tid = exec->tid;
	record->exec_id = exec->exec_id;
	record->mitigation = exec->mitigation;
	record->call = exec->call;
	record->abi = exec->abi;
	record->result = (__s32)result;
	record->enter_ns = exec->enter_ns;
	record->dirfd = exec->dirfd;
	record->at_flags = exec->at_flags;
	record->flags |= exec->flags;
	record->provenance = exec->provenance;
	record->integrity = integrity;
	if (exec->provenance == UNRACED_PROVENANCE_NONE)
		return;
	record->path.offset = sizeof(*record);
	record->path.length = exec->length;
}

#endif
