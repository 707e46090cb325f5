/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the file behind a descriptor, and the directory that a path starts from. */
#ifndef UNRACED_OBJECT_DESCRIPTOR_H
#define UNRACED_OBJECT_DESCRIPTOR_H

#include <linux/fs.h>

#include "call/call.h"

/* Remembers at entry where the path starts: the descriptor or working directory may change later. */
void unraced_remember_start(struct unraced_call *call);
/* Returns whether the kernel may have started the path elsewhere than there. */
bool unraced_base_is_unknown(struct unraced_call *call);
/* Returns whether other tasks have the same root and working directory, and so could change those of this call. */
bool unraced_base_is_shared(void);
/* Returns the kernel's count of changes of root and working directory, which is odd while nothing is known. */
u32 unraced_base_count(void);
/* Returns whether that count may have moved since an entry at which it was noted. */
bool unraced_base_changed(u32 noted, u64 enter_ns, u64 now);
/* Returns whether a file is a UNIX socket, or none: that connects to nothing. */
bool unraced_may_be_unix(struct file *file);
/*
 * Returns whether the descriptor of a connect leads to a UNIX socket, or nowhere; that in the block of a socketcall(2)
 * may be any. The current task has descriptors.
 */
bool unraced_leads_to_unix(const struct unraced_call *call);
/*
 * Returns whether the kernel looks the path up in another mount namespace than the caller's, or may have since the
 * entry. The task of a request is its submitter, or a worker of it, or nobody knows. A connect whose socket may not be
 * a UNIX one has no path.
 */
bool unraced_starts_elsewhere(const struct unraced_call *call, bool may_be_unix);
/*
 * Returns whether the path of an exec by the current task may start in another mount namespace than the task's: at the
 * root, at the working directory, or at this directory.
 */
bool unraced_exec_start_is_elsewhere(int dirfd);
/*
 * Sets FOREIGN_MOUNT_NS if no file proves the namespace, and root or directory from which the path starts lie in
 * another mount namespace than the caller (R2.46).
 */
void unraced_compare_namespaces(struct unraced_call *call, bool may_be_unix);
/* Returns whether other tasks use the same descriptors, and so could replace the file of this call. */
bool unraced_fd_table_is_shared(void);
/*
 * Returns the file of a descriptor, also one that was opened with O_PATH (R2.24), or null. Only if the table is shared,
 * it takes a reference, to be given back.
 */
struct file *unraced_file_of(unsigned int descriptor, bool shared);
void unraced_put_file(struct file *file, bool shared);

#endif
