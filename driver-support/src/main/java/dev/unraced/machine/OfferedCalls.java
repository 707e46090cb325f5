// SPDX-License-Identifier: Apache-2.0
package dev.unraced.machine;

import dev.unraced.event.Syscall;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which of the watched calls a machine's native convention has. Newer architectures, such as aarch64, use the
 * numbers of {@code include/uapi/asm-generic/unistd.h}, which has neither {@code open} nor {@code creat}: a C library
 * calls {@code openat} for them.
 */
public final class OfferedCalls {
    private static final String HERE = System.getProperty("os.arch", "");

    private OfferedCalls() {}

    /** Returns why this machine lacks a call, or null when it has the call. */
    public static @Nullable String unavailableReason(Syscall call) {
        return unavailableReason(call, HERE);
    }

    /** Returns the calls among some that this machine has; may be empty. */
    public static Set<Syscall> among(Set<Syscall> calls) {
        return among(calls, HERE);
    }

    static @Nullable String unavailableReason(Syscall call, String architecture) {
        boolean isX86 = architecture.equals("amd64") || architecture.equals("x86_64");
        boolean isLegacy = call == Syscall.OPEN || call == Syscall.CREAT;
        return isX86 || !isLegacy ? null : architecture + " has no such system call";
    }

    static Set<Syscall> among(Set<Syscall> calls, String architecture) {
        Set<Syscall> offered = EnumSet.noneOf(Syscall.class);
        for (Syscall call : calls) {
            if (unavailableReason(call, architecture) == null) {
                offered.add(call);
            }
        }
        return Collections.unmodifiableSet(offered);
    }
}
