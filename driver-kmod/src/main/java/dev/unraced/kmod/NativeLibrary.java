// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.driver.Availability.Unavailable;
import dev.unraced.natives.NativePart;
import dev.unraced.natives.NativePartException;
import org.jspecify.annotations.Nullable;

/** Loads {@code libunraced_kmod}, which lies in the jar, once in a process. */
final class NativeLibrary {
    private NativeLibrary() {}

    /**
     * Loads the library; later calls do nothing.
     *
     * @throws UnsatisfiedLinkError when this build has none for this machine, or it cannot be loaded
     */
    static void load() {
        Unavailable problem = Loaded.PROBLEM;
        if (problem != null) {
            throw new UnsatisfiedLinkError(problem.describe());
        }
    }

    /** Why it cannot be loaded; null when it is. */
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
