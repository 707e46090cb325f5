// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.capture.Availability.Unavailable;
import dev.unraced.natives.NativePart;
import dev.unraced.natives.NativePartException;
import org.jspecify.annotations.Nullable;

/** Loads {@code libunraced_kmod}, which lies in the jar, once in a process. */
final class NativeLibrary {
    private NativeLibrary() {}

    /**
     * Loads the library; later calls do nothing.
     *
     * @throws UnsatisfiedLinkError if this build has no library for this machine, or loading fails
     */
    static void load() {
        Unavailable problem = Loaded.PROBLEM;
        if (problem != null) {
            throw new UnsatisfiedLinkError(problem.describe());
        }
    }

    /** Returns the reason why the library cannot be loaded, or null when it is loaded. */
    static @Nullable Unavailable problem() {
        return Loaded.PROBLEM;
    }

    private static final class Loaded {
        private static final @Nullable Unavailable PROBLEM = tried();

        private static @Nullable Unavailable tried() {
            try {
                NativePart.of(NativeLibrary.class, "libunraced_kmod.so").use(copy -> {
                    System.load(copy.toString());
                    return copy;
                });
                return null;
            } catch (NativePartException e) {
                return new Unavailable("NO_LIBRARY", e.getMessage(), e.remedy());
            }
        }
    }
}
