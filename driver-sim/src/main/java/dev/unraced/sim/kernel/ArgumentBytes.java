// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import dev.unraced.linux.OpenFlags;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Makes the structures that calls take from memory. */
public final class ArgumentBytes {
    /** The size of the block of socketcall(2) for a connect: three words of 32 bits. */
    public static final int BLOCK_SIZE = 12;

    private ArgumentBytes() {}

    /** Returns openat2's {@code struct open_how}. */
    public static byte[] openHow(long flags, long mode, long resolve) {
        return ByteBuffer.allocate(OpenFlags.OPEN_HOW_SIZE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(flags)
                .putLong(mode)
                .putLong(resolve)
                .array();
    }

    /** Returns the block from which socketcall(2) takes the arguments of a connect. */
    public static byte[] socketcallBlock(int fd, long address, int length) {
        return ByteBuffer.allocate(BLOCK_SIZE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(fd)
                .putInt((int) address)
                .putInt(length)
                .array();
    }
}
