// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The few calls into the C library, by JNA's direct mapping; {@code long} stands for size_t and off_t of 64-bit Linux.
 */
final class LibC {
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int MAP_SHARED = 1;
    static final short POLLIN = 1;

    private static final int EFD_CLOEXEC = 0x80000;
    private static final int EFD_NONBLOCK = 0x800;

    static {
        Native.register(LibC.class, "c");
    }

    private LibC() {}

    static native Pointer mmap(@Nullable Pointer address, long length, int protection, int flags, int fd, long offset);

    static native int munmap(Pointer address, long length);

    static native int poll(Pointer fds, long count, int timeoutMillis);

    static native long read(int fd, Pointer buffer, long count);

    static native long write(int fd, Pointer buffer, long count);

    static native int close(int fd);

    static native int getpagesize();

    /** Calls syscall(2) with fixed arity, for calls without a wrapper. Unused arguments are 0. */
    static native long syscall(long number, long a, long b, long c, long d, long e);

    private static native int eventfd(int initial, int flags);

    /**
     * Waits until every CPU has left the driver's programs: MEMBARRIER_CMD_GLOBAL of membarrier(2) waits for a grace
     * period. On kernels that refuse it (nohz_full) this does not wait.
     */
    static void awaitGracePeriod() {
        // arch/x86/entry/syscalls/syscall_64.tbl; include/uapi/asm-generic/unistd.h
        syscall(Machine.localArchitecture().equals("x86_64") ? 324 : 283, 1, 0, 0, 0, 0);
    }

    /** Returns a descriptor that {@link #poll} reports once something is written to it. */
    static int newEventFd() {
        return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    }
}
