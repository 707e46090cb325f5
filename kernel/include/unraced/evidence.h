/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file has the rules of evidence: when the object that a call reached proves that the
 * requested path names it (R2.15), and what follows from its mount namespace (R2.33).
 */
#ifndef UNRACED_EVIDENCE_H
#define UNRACED_EVIDENCE_H

#include "unraced/address.h"
#include "unraced/base.h"
#include "unraced/compare.h"
#include "unraced/record.h"

/*
 * MNT_NS_ANON_INO of include/linux/proc_ns.h; older kernels give an anonymous mount namespace
 * number 0.
 */
#define UNRACED_ANONYMOUS_MOUNT_NS 0xEFFFFFF7u

/* RESOLVE_IN_ROOT of include/uapi/linux/openat2.h */
#define UNRACED_RESOLVE_IN_ROOT 0x10

/*
 * The mount and the directory that a path starts from. The addresses serve only as identities;
 * zeros are unknown.
 */
struct unraced_path_base {
	__u64 mount; /* struct vfsmount */
	__u64 dentry;
};

/*
 * Returns whether a walk is at the base. A base that is a mountpoint which the walk reached from the mounted root
 * ("crossed") does not count: no name leads from it into the mount.
 */
UNRACED_INLINE bool unraced_is_at_base(const struct unraced_path_base *base, __u64 mount, __u64 dentry, bool crossed)
{
	return !crossed && dentry == base->dentry && mount == base->mount;
}

/*
 * Returns the flag of a file on a tree of mounts whose namespace has this inode number, 0 for the
 * event's own.
 */
UNRACED_INLINE __u32 unraced_namespace_flag(__u32 number, bool is_own)
{
	if (is_own)
		return 0;
	return number == 0 || number == UNRACED_ANONYMOUS_MOUNT_NS ? UNRACED_DETACHED
								   : UNRACED_FOREIGN_MOUNT_NS;
}

/*
 * Returns whether another task than the one that reports a request's end may have run it, or whether its submitter may
 * have taken another root since (R2.46). A worker runs what waits behind its own requests, too, and no tracepoint tells
 * of that. One that began after the submission has the namespace that the submitter had by then. Whoever unshares root
 * and working directory (CLONE_FS of unshare(2)) has a new count of their changes, and may get the memory of an earlier
 * fs_struct for it. "same_fs", "worker" and "younger" are of the reporting task: whether it has the fs_struct of the
 * submission, is a worker of io_uring, and began after the submission.
 */
UNRACED_INLINE bool unraced_may_have_run_elsewhere(bool same_fs, bool worker, bool younger, bool waits, bool punted)
{
	if (!same_fs)
		return 1;
	return worker ? waits && younger : waits || punted;
}

/*
 * Judges a requested path by the names on the way from its base to the file that the call opened;
 * returns an enum unraced_integrity (R2.36, R2.37). The names are bytes of the other side, from one
 * position to another.
 */
UNRACED_INLINE __u8 unraced_judge_names(struct unraced_comparison *to, __u32 from, __u32 end,
					bool absolute, bool is_directory)
{
	if (unraced_needs_directory(to) && !is_directory)
		return UNRACED_INTEGRITY_DIFFERS;
	return unraced_names_match(to, from, end, absolute) ? UNRACED_INTEGRITY_MATCH
							    : UNRACED_INTEGRITY_DIFFERS;
}

/*
 * Returns whether the way from the file leads through the base of the requested path, with nothing
 * over it.
 */
UNRACED_INLINE bool unraced_way_leads(__u32 length, bool base_found, bool overmounted, __u32 flags)
{
	return length && base_found && !overmounted && !(flags & UNRACED_DELETED);
}

/*
 * Returns whether the way proves nothing, neither a match nor a difference: the names are not those
 * of one moment, the walk ended before the base, or its budget was spent.
 */
UNRACED_INLINE bool unraced_way_is_unknown(__u32 flags, bool base_found, bool spent)
{
	return spent || (flags & UNRACED_RESOLVED_UNSTABLE) ||
	       ((flags & UNRACED_RESOLVED_TRUNCATED) && !base_found);
}

/* Returns whether these flags leave a match in doubt: the way is not in the caller's namespace. */
UNRACED_INLINE bool unraced_way_is_doubtful(__u32 flags)
{
	return flags & (UNRACED_DETACHED | UNRACED_FOREIGN_MOUNT_NS);
}

/*
 * Returns whether the start of an absolute path is unknown: RESOLVE_IN_ROOT of openat2(2) makes the
 * directory of the call the root, and only the kernel's own copy of open_how shows whether it was
 * set.
 */
UNRACED_INLINE bool unraced_root_is_unknown(__u8 syscall, __u8 how_provenance, __u64 resolve)
{
	return syscall == UNRACED_OPENAT2 && (how_provenance != UNRACED_PROVENANCE_KERNEL ||
					      (resolve & UNRACED_RESOLVE_IN_ROOT));
}

/*
 * Returns whether a call has lasted so long that a count of 32 bits may have come round since its
 * entry: no count of the kernel's rises once in 5 ns for 20 s.
 */
UNRACED_INLINE bool unraced_count_may_be_old(__u64 enter_ns, __u64 now)
{
	return now - enter_ns > 20ull * 1000 * 1000 * 1000;
}

/*
 * Returns whether root or working directory may have changed since a call entered. The kernel counts
 * their changes (write_seqcount_begin() in fs/fs_struct.c); a count is odd while one is under way.
 */
UNRACED_INLINE bool unraced_base_may_have_changed(__u32 noted, __u32 count, __u64 enter_ns,
						  __u64 now)
{
	return (noted & 1) || count != noted || unraced_count_may_be_old(enter_ns, now);
}

/*
 * Returns whether a call may have a path that the kernel looks up (R2.46), and tells whether that is
 * surely absolute. Only the kernel's own copy of a path or an address ("copied") says so: other bytes
 * may have been rewritten before the kernel read them, or after. Then a connect has none if its
 * socket cannot be one of the family AF_UNIX.
 */
UNRACED_INLINE bool unraced_may_have_path(__u8 syscall, bool copied, bool may_be_unix,
					  const __u8 *bytes, __u32 length, bool *absolute)
{
	bool is_connect = syscall == UNRACED_CONNECT;

	*absolute = 0;
	if (!copied)
		return !is_connect || may_be_unix;
	if (is_connect ? !unraced_is_path_address(bytes, length) : !length)
		return 0;
	*absolute = bytes[is_connect ? sizeof(__u16) : 0] == '/';
	return 1;
}

/*
 * Returns whether a path can start at the directory of the call, and not at the root alone:
 * RESOLVE_IN_ROOT of openat2(2) makes the directory the root of an absolute path.
 */
UNRACED_INLINE bool unraced_starts_at_directory(__u8 syscall, bool absolute)
{
	return !absolute || syscall == UNRACED_OPENAT2;
}

/*
 * Returns whether a path may have started at a directory elsewhere, whose descriptor is closed by
 * now. A call finds it so itself; a request that ran later than its submission may have found
 * another one there.
 */
UNRACED_INLINE bool unraced_directory_is_unknown(bool ran_later, __s64 result)
{
	return ran_later && result != -EBADF;
}

/*
 * Returns whether what lies behind a descriptor at the return proves nothing (R2.41): another task
 * could have put the requested object there. A table that was not shared at entry stays so until the
 * return, since its only user is in the call.
 */
UNRACED_INLINE bool unraced_descriptor_proves_nothing(__u32 flags, __u64 enter_ns)
{
	return (flags & UNRACED_FD_TABLE_SHARED) || !enter_ns;
}

#endif
