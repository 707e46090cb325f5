// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.linux.Errno;
import dev.unraced.settings.CallHooks;
import org.jspecify.annotations.Nullable;

/** Finds out by trying whether the module can see calls at the kernel's own functions here. Thread-safe. */
final class CallFunctions {
    /** The choice of the last capture that could choose, and its reason; null before there was one. */
    private static volatile @Nullable Choice last;

    private record Choice(CallHooks taken, int errno) {}

    private CallFunctions() {}

    /** Starts and ends the smallest capture with these hooks. */
    static void attempt(CallHooks hooks) throws KmodFailure {
        KmodSource source = KmodSource.start(KmodSettings.smallest(hooks));
        source.stop();
        source.release();
    }

    /** Remembers what a capture that could choose took. */
    static void remember(KmodSource source) {
        last = new Choice(source.callHooks(), source.hooksErrno());
    }

    /** Returns whether captures with these hooks see calls at functions. It tries that once in a process. */
    static boolean areTaken(CallHooks hooks) {
        if (hooks != CallHooks.AUTO) {
            return hooks == CallHooks.FUNCTION;
        }
        Choice choice = choice();
        return choice != null && choice.taken() == CallHooks.FUNCTION;
    }

    /** Describes where captures with these hooks see calls, for people. */
    static String describe(CallHooks hooks) {
        return hooks.describe(KmodDriver.NAME, areTaken(hooks), () -> {
            Choice choice = choice();
            return choice == null ? null : reason(choice.errno());
        });
    }

    /** Returns why the module did not take functions, by the errno that it answered. */
    static String reason(int errno) {
        return switch (errno) {
            case Errno.EBUSY -> "a livepatch has replaced one of the kernel's functions, or kernel.ftrace_enabled is 0";
            case Errno.EOPNOTSUPP -> "this kernel's functions cannot be patched";
            default -> "the kernel lets none of its functions be patched (errno " + errno + ")";
        };
    }

    private static @Nullable Choice choice() {
        if (last == null) {
            try {
                attempt(CallHooks.AUTO);
            } catch (KmodFailure | RuntimeException | LinkageError e) {
                // Nothing can be captured here, so nothing was found out.
                return null;
            }
        }
        return last;
    }
}
