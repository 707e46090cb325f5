// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/** The flags of a record, which limit the trust in its arguments and in its file or socket. */
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
     * A seccomp filter or a tracer refused the call before it ran, and the driver has proof of that. The result is the
     * refuser's choice, and nothing was opened or connected.
     */
    NOT_EXECUTED(6),

    /**
     * The driver saw no entry and cannot tell whether the call ran. A seccomp filter or a tracer may have chosen the
     * result. The file or socket is the descriptor's, whichever task put it there.
     */
    EXECUTION_UNKNOWN(7),

    /** Inode, device and resolved path are valid. */
    HAS_FILE(8),

    /** This call created the file. */
    CREATED(9),

    /** The opened file had lost its name when the call returned. */
    DELETED(10),

    /** The opened file lies on a mount outside every mount namespace, such as a pipe or a memfd. */
    DETACHED(11),

    /** The resolved path holds only the last part of the real one. */
    RESOLVED_TRUNCATED(12),

    /**
     * The descriptor table was shared, so another task could have replaced the descriptor that the file or socket was
     * read from.
     */
    FD_TABLE_SHARED(13),

    /** Family, type, protocol and the local and remote addresses of the socket are valid. */
    HAS_SOCKET(14),

    /** The opened file lies in another mount namespace than the caller's; the resolved path is absolute there. */
    FOREIGN_MOUNT_NS(15),

    /**
     * The observed system withheld what it had read of an argument, at entry, at the return or both: the argument is
     * absent, or was not compared. gVisor does so with bytes that are not UTF-8.
     */
    WITHHELD(16),

    /**
     * Another connect of the same socket overlapped this one, or the driver cannot rule that out. The local and remote
     * addresses may be as the other connect left them, and the address is never MATCH by comparison with the peer.
     */
    SOCKET_SHARED(17),

    /**
     * A rename or a mount changed the way to the file while the driver read it, every time that it tried. The resolved
     * path may mix names of several moments; device and inode are not concerned.
     */
    RESOLVED_UNSTABLE(18),

    /**
     * The call succeeded, but its file or socket was gone, or indistinguishable from another one, when the driver
     * looked. The event lacks it.
     */
    OBJECT_MISSED(19),

    /**
     * The process of a process event is in another user namespace than the machine's first one, so its capabilities
     * hold for what belongs to that namespace alone. Whoever makes such a namespace has all of them in it.
     */
    NESTED_USER_NS(20);

    private final int mask;

    EventFlag(int bit) {
        this.mask = 1 << bit;
    }

    /** Returns this flag's bit in the record's {@code flags} word. */
    public int mask() {
        return mask;
    }
}
