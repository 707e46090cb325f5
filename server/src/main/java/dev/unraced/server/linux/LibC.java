// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import dev.unraced.event.Sockaddr;
import dev.unraced.natives.JnaDispatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The functions of the C library that the server calls, by direct mapping; {@code long} stands for size_t of 64-bit
 * Linux.
 */
final class LibC {
    static final int AF_UNIX = Sockaddr.AF_UNIX;
    /** The value is SOCK_DGRAM | SOCK_CLOEXEC. */
    static final int DATAGRAM = 2 | 0x80000;

    /** The number is that of linux/time.h. */
    private static final int CLOCK_BOOTTIME = 7;

    private static final long SECOND = 1_000_000_000L;

    static {
        JnaDispatch.require(Native.class);
        Native.register(LibC.class, "c");
    }

    private LibC() {}

    /** Unlike the system call of this name, the library's function changes all threads: nptl(7), "setxid". */
    static native int setresuid(int real, int effective, int saved) throws LastErrorException;

    static native int setresgid(int real, int effective, int saved) throws LastErrorException;

    static native int setgroups(long count, int[] groups) throws LastErrorException;

    static native int geteuid();

    static native int socket(int domain, int type, int protocol) throws LastErrorException;

    static native long sendto(int fd, byte[] data, long length, int flags, byte[] address, int addressLength)
            throws LastErrorException;

    static native int close(int fd);

    private static native int clock_gettime(int clock, byte[] time);

    /** Returns CLOCK_BOOTTIME in nanoseconds. */
    static long bootNanos() {
        byte[] time = new byte[2 * Long.BYTES];
        clock_gettime(CLOCK_BOOTTIME, time);
        ByteBuffer fields = ByteBuffer.wrap(time).order(ByteOrder.nativeOrder());
        return fields.getLong() * SECOND + fields.getLong();
    }
}
