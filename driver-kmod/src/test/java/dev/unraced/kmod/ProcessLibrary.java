// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.natives.NativePart;
import dev.unraced.natives.NativePartException;

/** Loads the library with the module's stash, ring and prefixes, once in a process. */
final class ProcessLibrary {
    private ProcessLibrary() {}

    /** Loads the library; later calls do nothing. */
    static void load() {
        Loaded.once();
    }

    private static final class Loaded {
        static {
            try {
                NativePart.of(ProcessLibrary.class, "libunraced_kmod_process.so")
                        .use(copy -> {
                            System.load(copy.toString());
                            return copy;
                        });
            } catch (NativePartException e) {
                throw new IllegalStateException(e);
            }
        }

        private static void once() {}
    }
}
