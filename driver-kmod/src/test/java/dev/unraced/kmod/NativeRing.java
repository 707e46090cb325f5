// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.ring.RingReader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The producer's side of the module's ring, run by the same C code in this process. */
final class NativeRing implements AutoCloseable {
    private final ByteBuffer memory;
    private final long handle;
    private final int size;

    static {
        ProcessLibrary.load();
    }

    /** Makes an empty ring; its size is a power of two, in whole pages. */
    NativeRing(int size) {
        int page = Device.pageSize();
        ByteBuffer mapped = map(page, size);
        if (mapped == null) {
            throw new IllegalStateException("no memory for a ring of " + size + " bytes");
        }
        this.memory = mapped;
        this.size = size;
        this.handle = create(memory, page, size);
    }

    RingReader newReader() {
        int page = Device.pageSize();
        return new RingReader(memory.slice(0, page), memory.slice(page, memory.capacity() - page), page, size);
    }

    /** Returns the page that the reader writes, so that a test can act as a hostile reader. */
    ByteBuffer readerPage() {
        return memory.slice(0, Device.pageSize());
    }

    /** Writes the first bytes of a direct buffer, and returns false if the ring has no room. */
    boolean write(ByteBuffer record, int length) {
        return write(handle, record, length);
    }

    @Override
    public void close() {
        free(handle, memory);
    }

    private static native @Nullable ByteBuffer map(int page, int size);

    private static native long create(ByteBuffer memory, int page, int size);

    private static native boolean write(long handle, ByteBuffer record, int length);

    private static native void free(long handle, ByteBuffer memory);
}
