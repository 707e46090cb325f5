// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/** The flags of a record: limits of what its arguments and its truth fields can be trusted for. */
public enum EventFlag {
    /** An argument was longer than a record carries; its first bytes are there. */
    TRUNCATED(0),

    /** A pointer argument was unreadable when the call entered: no page there, or not in memory. */
    FAULTED(1),

    /** No stash entry answered this exit; arguments come from registers and an exit-time read. */
    ENTER_MISSED(2),

    /** The enter was missed because the stash was full and refused it. */
    STASH_FULL(3),

    /** The enter was missed because the stash evicted its entry. */
    EVICTED(4),

    /** Not even the registers were available: every argument is absent or zero. */
    NO_ARGUMENTS(5),

    /**
     * The kernel refused the call before it ran and sent a signal instead, as seccomp's SECCOMP_RET_TRAP does. The
     * result is none, and nothing was opened or connected.
     */
    NOT_EXECUTED(6),

    /** Inode, device and resolved path are valid. */
    HAS_FILE(8),

    /** This call created the file. */
    CREATED(9),

    /** The opened file had no name any more when the call returned. */
    DELETED(10),

    /** The opened file lies on a mount outside every mount namespace, such as a pipe or a memfd. */
    DETACHED(11),

    /** The resolved path holds only the last part of the real one. */
    RESOLVED_TRUNCATED(12),

    /**
     * The descriptor table was shared, so another task could have replaced the descriptor that the truth fields were
     * read from.
     */
    FD_TABLE_SHARED(13),

    /** Family, type, protocol and the local and remote addresses of the socket are valid. */
    HAS_SOCKET(14),

    /** The opened file lies in another mount namespace than the caller's; the resolved path is absolute there. */
    FOREIGN_MOUNT_NS(15),

    /**
     * The observed system kept back what it had read of an argument, at entry, at the return or both: the argument is
     * absent, or was not compared. gVisor does so with bytes that are no UTF-8.
     */
    WITHHELD(16);

    private final int mask;

    EventFlag(int bit) {
        this.mask = 1 << bit;
    }

    /** This flag's bit in the record's {@code flags} word. */
    public int mask() {
        return mask;
    }
}
