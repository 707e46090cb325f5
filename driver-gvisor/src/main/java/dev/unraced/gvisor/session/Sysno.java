// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor.session;

import dev.unraced.event.Abi;
import dev.unraced.event.ProcessView.ExecCall;
import dev.unraced.event.Syscall;
import dev.unraced.machine.SyscallNumbers;
import org.jspecify.annotations.Nullable;

/** The calls that sentries number as arch/x86/entry/syscalls/syscall_64.tbl does. */
public final class Sysno {
    static final int CLOSE = 3;
    static final int DUP2 = 33;
    static final int EXECVE = 59;
    static final int DUP3 = 292;
    static final int EXECVEAT = 322;
    static final int CLOSE_RANGE = 436;

    /** The effect of a call on open descriptors. */
    public enum Effect {
        NONE,
        /** The call closes the descriptor in its first argument. */
        CLOSES,
        /** The call replaces the descriptor in its second argument. */
        REPLACES,
        /** The call may close any descriptor. */
        CLOSES_MANY
    }

    private Sysno() {}

    /** Returns the watched call of a number, or null. */
    public static @Nullable Syscall watched(long number) {
        return number == SyscallNumbers.OPENAT
                ? Syscall.OPENAT
                : number == SyscallNumbers.OPEN
                        ? Syscall.OPEN
                        : number == SyscallNumbers.CONNECT
                                ? Syscall.CONNECT
                                : number == SyscallNumbers.CREAT ? Syscall.CREAT : null;
    }

    /** Returns the number of a watched call that sentries have. */
    public static int of(Syscall call) {
        if (call == Syscall.OPENAT2) {
            throw new IllegalArgumentException("no sentry has openat2");
        }
        return SyscallNumbers.of(call, Abi.NATIVE);
    }

    /** Returns the call that executes a program by its number, or UNKNOWN for another call. */
    public static ExecCall exec(long number) {
        return number == EXECVE ? ExecCall.EXECVE : number == EXECVEAT ? ExecCall.EXECVEAT : ExecCall.UNKNOWN;
    }

    /** Returns whether a call executes a program. */
    public static boolean isExec(long number) {
        return exec(number) != ExecCall.UNKNOWN;
    }

    /** Returns the effect of a call on descriptors, by its number. */
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
