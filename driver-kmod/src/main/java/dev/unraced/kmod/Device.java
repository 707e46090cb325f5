// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** System calls on the device; see {@code lib/device.h}. A negative result is a negated errno. */
final class Device {
    static final String PATH = "/dev/unraced";

    private Device() {}

    static {
        NativeLibrary.load();
    }

    /** Opens a new capture, not configured yet. */
    static native int open(String path);

    static native void close(int fd);

    /** Calls ioctl(2); the argument is a direct buffer, or null. */
    static native int control(int fd, int command, @Nullable ByteBuffer argument);

    /** Waits until there is a record, the time is over, or waiting is ended. */
    static native int poll(int fd, int millis);

    static native void unmap(ByteBuffer memory);

    /** Returns the address of a direct buffer. */
    static native long address(ByteBuffer memory);

    static native int pageSize();

    private static native @Nullable ByteBuffer map(
            int fd, long offset, long length, boolean writable, ByteBuffer error);

    static ByteBuffer map(int fd, long offset, long length, boolean writable) throws KmodFailure {
        ByteBuffer error = memory(Integer.BYTES);
        ByteBuffer all = map(fd, offset, length, writable, error);
        if (all == null) {
            throw new KmodFailure(KmodFailure.Step.MAP, error.getInt(0));
        }
        return all.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Allocates memory for an argument. */
    static ByteBuffer memory(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
