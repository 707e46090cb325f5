// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf.waiting;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.event.EventView;
import dev.unraced.event.Origin;
import dev.unraced.natives.LibC;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** An io_uring of this process. */
final class Ring implements AutoCloseable {
    static final int AT_FDCWD = -100;
    static final byte POLL = 6;
    static final byte OPENAT = 18;

    private static final long SETUP = 425;
    private static final long ENTER = 426;
    private static final long REGISTER = 427;
    private static final long REGISTER_FILES = 2;
    private static final long GETEVENTS = 1;
    /** IORING_SETUP_CQSIZE */
    private static final int WITH_COMPLETIONS = 1 << 3;

    private static final long RINGS = 0;
    private static final long ENTRIES = 0x10000000;
    private static final int ENTRY_SIZE = 64;
    private static final int COMPLETION_SIZE = 16;

    /** These are the places of what is used of struct io_uring_params. */
    private static final int PARAMETERS_SIZE = 120;

    private static final int COMPLETIONS = 4;
    private static final int FLAGS = 8;
    private static final int SQ_TAIL = 44;
    private static final int SQ_ARRAY = 64;
    private static final int CQ_TAIL = 84;
    private static final int CQ_ENTRIES = 100;

    private final Memory parameters = new Memory(PARAMETERS_SIZE);
    private final int fd;
    private final Pointer rings;
    private final long ringsSize;
    private final Pointer queue;
    private final long queueSize;
    private int tail;

    /** Makes a ring with room for as many requests, and twice as many completions. */
    Ring(int entries) {
        this(entries, 0);
    }

    /** Makes a ring with room for as many requests and completions; 0 completions are the kernel's choice. */
    Ring(int entries, int completions) {
        parameters.clear();
        parameters.setInt(COMPLETIONS, completions);
        parameters.setInt(FLAGS, completions == 0 ? 0 : WITH_COMPLETIONS);
        fd = (int) checked(LibC.syscall(SETUP, entries, Pointer.nativeValue(parameters), 0, 0, 0));
        long made = parameters.getInt(0);
        ringsSize = Math.max(
                parameters.getInt(SQ_ARRAY) + made * Integer.BYTES,
                parameters.getInt(CQ_ENTRIES) + (long) parameters.getInt(COMPLETIONS) * COMPLETION_SIZE);
        rings = map(ringsSize, RINGS);
        queueSize = made * ENTRY_SIZE;
        queue = map(queueSize, ENTRIES);
    }

    /** Gives the ring a table of files with one free place. */
    void registerFreePlace() {
        Memory free = new Memory(Integer.BYTES);
        free.setInt(0, -1);
        checked(LibC.syscall(REGISTER, fd, REGISTER_FILES, Pointer.nativeValue(free), 1, 0));
    }

    /** Returns the memory of a request that {@link #submit} submits as this one from the ring's start, all zeros. */
    Pointer request(int at) {
        rings.setInt(parameters.getInt(SQ_ARRAY) + (long) at * Integer.BYTES, at);
        Pointer request = queue.share((long) at * ENTRY_SIZE);
        request.clear(ENTRY_SIZE);
        return request;
    }

    void submit(int count) {
        tail += count;
        rings.setInt(parameters.getInt(SQ_TAIL), tail);
        long submitted = checked(LibC.syscall(ENTER, fd, count, 0, 0, 0));
        if (submitted != count) {
            throw new IllegalStateException("submitted " + submitted);
        }
    }

    /** Waits until there are as many completions, none of which was taken. */
    void await(int completions) {
        while (rings.getInt(parameters.getInt(CQ_TAIL)) != completions) {
            checked(LibC.syscall(ENTER, fd, 0, completions, GETEVENTS, 0));
        }
    }

    private Pointer map(long size, long offset) {
        Pointer mapped = LibC.mmap(Pointer.NULL, size, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, fd, offset);
        checked(Pointer.nativeValue(mapped));
        return mapped;
    }

    static long checked(long result) {
        if (result == -1) {
            throw new IllegalStateException("errno " + Native.getLastError());
        }
        return result;
    }

    /** Returns a path with a NUL at its end. */
    static Memory path(String path) {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        Memory memory = new Memory(bytes.length + 1L);
        memory.write(0, bytes, 0, bytes.length);
        memory.setByte(bytes.length, (byte) 0);
        return memory;
    }

    /** Takes all events of a capture, hands over those of requests, and returns the statistics behind the last one. */
    static CaptureStats takeRequests(Capture capture, Consumer<EventView> handler) {
        CaptureStats stats = capture.stats();
        while (stats.pending() > 0 || stats.imbalance() != 0) {
            capture.await(
                    event -> {
                        if (event.origin() == Origin.IO_URING) {
                            handler.accept(event);
                        }
                    },
                    4_096,
                    1_000_000);
            stats = capture.stats();
        }
        return stats;
    }

    @Override
    public void close() {
        LibC.munmap(queue, queueSize);
        LibC.munmap(rings, ringsSize);
        LibC.close(fd);
    }
}
