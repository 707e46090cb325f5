// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor.session;

import dev.unraced.event.Syscall;
import org.jspecify.annotations.Nullable;

/** Numbers of system calls: arch/x86/entry/syscalls/syscall_64.tbl. */
public final class Sysno {
    static final int OPEN = 2;
    static final int CLOSE = 3;
    static final int DUP2 = 33;
    static final int CONNECT = 42;
    static final int EXECVE = 59;
    static final int CREAT = 85;
    static final int OPENAT = 257;
    static final int DUP3 = 292;
    static final int EXECVEAT = 322;
    static final int CLOSE_RANGE = 436;

    /** What a call does to descriptors that are there. */
    public enum Effect {
        NONE,
        /** Closes the one that its first argument names. */
        CLOSES,
        /** Replaces the one that its second argument names. */
        REPLACES,
        /** May close any. */
        CLOSES_MANY
    }

    private Sysno() {}

    /** The watched call of a number; null when it is none. */
    public static @Nullable Syscall watched(long number) {
        return number == OPENAT
                ? Syscall.OPENAT
                : number == OPEN
                        ? Syscall.OPEN
                        : number == CONNECT ? Syscall.CONNECT : number == CREAT ? Syscall.CREAT : null;
    }

    /** The number of a watched call that sentries have. */
    public static int of(Syscall call) {
        return switch (call) {
            case OPEN -> OPEN;
            case OPENAT -> OPENAT;
            case CREAT -> CREAT;
            case CONNECT -> CONNECT;
            case OPENAT2 -> throw new IllegalArgumentException("no sentry has openat2");
        };
    }

    /** What a call of a number does to descriptors. */
    public static Effect effect(long number) {
        if (number == CLOSE) {
            return Effect.CLOSES;
        }
        if (number == DUP2 || number == DUP3) {
            return Effect.REPLACES;
        }
        return number == CLOSE_RANGE || number == EXECVE || number == EXECVEAT ? Effect.CLOSES_MANY : Effect.NONE;
    }
}
