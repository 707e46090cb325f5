// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import java.nio.ByteBuffer;

/** The module's search among starts of paths, run by the same C code in this process. */
final class NativePrefixes {
    static {
        ProcessLibrary.load();
    }

    private NativePrefixes() {}

    /** Returns whether a path passes a list that {@link Prefixes#encode} made; both buffers are direct. */
    static native boolean accepts(ByteBuffer list, int count, ByteBuffer path, int length);
}
