// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf.waiting;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.unraced.natives.LibC;
import java.nio.charset.StandardCharsets;

/**
 * Opens on an io_uring that wait, all at once, for a poll of an eventfd, to which they are linked. Each has a user_data
 * of its own.
 */
final class WaitingRequests implements AutoCloseable {
    /** The most entries that a submission queue has. */
    static final int MOST = 32_768 - 1;

    private static final long IO_URING_SETUP = 425;
    private static final long IO_URING_ENTER = 426;
    private static final long IO_URING_REGISTER = 427;
    private static final long REGISTER_FILES = 2;
    private static final long SUBMISSIONS = 0;
    private static final long ENTRIES = 0x10000000;
    private static final int ENTRY_SIZE = 64;
    private static final int COMPLETION_SIZE = 16;
    private static final byte POLL = 6;
    private static final byte OPENAT = 18;
    /** IOSQE_IO_HARDLINK: a failure does not break the chain. */
    private static final byte LINKED = 1 << 3;
    /** IOSQE_CQE_SKIP_SUCCESS: a success has no completion. */
    private static final byte SKIPS = 1 << 6;

    private static final int AT_FDCWD = -100;
    /** Where struct io_uring_params has what is used of it. */
    private static final int PARAMETERS_SIZE = 120;

    private static final int SQ_TAIL = 44;
    private static final int SQ_ARRAY = 64;
    private static final int CQ_TAIL = 84;
    private static final int CQ_ENTRIES = 100;

    private final int count;
    private final int completions;
    private final byte flags;
    private final int fd;
    private final int event;
    private final Memory path;
    private final Pointer rings;
    private final long ringsSize;
    private final long completedTail;

    /** Submits as many opens of a path, none of which runs. */
    WaitingRequests(int count, String path) {
        this(count, path, count + 1, (byte) 0);
    }

    /**
     * Submits as many opens of a path that exists, which ask for no completion; the last one alone has one. They need
     * no descriptors, as each replaces the file of the former in the ring's own table.
     */
    static WaitingRequests withoutCompletions(int count, String path) {
        return new WaitingRequests(count, path, 1, SKIPS);
    }

    private WaitingRequests(int count, String path, int completions, byte flags) {
        this.count = count;
        this.completions = completions;
        this.flags = flags;
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        this.path = new Memory(bytes.length + 1L);
        this.path.write(0, bytes, 0, bytes.length);
        this.path.setByte(bytes.length, (byte) 0);
        Memory parameters = new Memory(PARAMETERS_SIZE);
        parameters.clear();
        fd = (int) checked(LibC.syscall(IO_URING_SETUP, count + 1L, Pointer.nativeValue(parameters), 0, 0, 0));
        event = LibC.newEventFd();
        if (isSilent()) {
            Memory free = new Memory(Integer.BYTES);
            free.setInt(0, -1);
            checked(LibC.syscall(IO_URING_REGISTER, fd, REGISTER_FILES, Pointer.nativeValue(free), 1, 0));
        }
        long entries = parameters.getInt(0);
        ringsSize = Math.max(
                parameters.getInt(SQ_ARRAY) + entries * Integer.BYTES,
                parameters.getInt(CQ_ENTRIES) + (long) parameters.getInt(4) * COMPLETION_SIZE);
        rings = map(ringsSize, SUBMISSIONS);
        Pointer queue = map(entries * ENTRY_SIZE, ENTRIES);
        completedTail = parameters.getInt(CQ_TAIL);
        for (int i = 0; i <= count; i++) {
            fill(queue.share((long) i * ENTRY_SIZE), i);
            rings.setInt(parameters.getInt(SQ_ARRAY) + (long) i * Integer.BYTES, i);
        }
        rings.setInt(parameters.getInt(SQ_TAIL), count + 1);
        long submitted = checked(LibC.syscall(IO_URING_ENTER, fd, count + 1L, 0, 0, 0));
        LibC.munmap(queue, entries * ENTRY_SIZE);
        if (submitted != count + 1L) {
            throw new IllegalStateException("submitted " + submitted);
        }
    }

    private void fill(Pointer entry, int at) {
        entry.clear(ENTRY_SIZE);
        entry.setByte(0, at == 0 ? POLL : OPENAT);
        entry.setByte(1, at < count ? (byte) (LINKED | flags) : 0);
        entry.setInt(4, at == 0 ? event : AT_FDCWD);
        entry.setLong(16, at == 0 ? 0 : Pointer.nativeValue(path));
        entry.setInt(28, at == 0 ? LibC.POLLIN : 0);
        entry.setLong(32, at);
        entry.setInt(44, at > 0 && isSilent() ? 1 : 0);
    }

    private boolean isSilent() {
        return (flags & SKIPS) != 0;
    }

    /** Lets the opens run, and waits until all have ended. */
    void run() {
        Memory one = new Memory(Long.BYTES);
        one.setLong(0, 1);
        checked(LibC.write(event, one, Long.BYTES));
        while (rings.getInt(completedTail) != completions) {
            checked(LibC.syscall(IO_URING_ENTER, fd, 0, completions, 1, 0));
        }
    }

    private Pointer map(long size, long offset) {
        Pointer mapped = LibC.mmap(Pointer.NULL, size, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, fd, offset);
        checked(Pointer.nativeValue(mapped));
        return mapped;
    }

    private static long checked(long result) {
        if (result == -1) {
            throw new IllegalStateException("errno " + Native.getLastError());
        }
        return result;
    }

    @Override
    public void close() {
        LibC.munmap(rings, ringsSize);
        LibC.close(fd);
        LibC.close(event);
    }
}
