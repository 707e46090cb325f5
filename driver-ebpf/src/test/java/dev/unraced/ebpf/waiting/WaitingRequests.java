// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf.waiting;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.unraced.natives.LibC;

/**
 * Opens on an io_uring that wait, all at once, for a poll of an eventfd, to which they are linked. Each has a user_data
 * of its own.
 */
final class WaitingRequests implements AutoCloseable {
    /** The most entries that a submission queue has. */
    static final int MOST = 32_768 - 1;

    /** IOSQE_IO_HARDLINK: a failure does not break the chain. */
    private static final byte LINKED = 1 << 3;
    /** IOSQE_CQE_SKIP_SUCCESS: a success has no completion. */
    private static final byte SKIPS = 1 << 6;

    private final int count;
    private final int completions;
    private final byte flags;
    private final boolean isDirect;
    private final int event;
    private final Memory path;
    private final Ring ring;

    /** Submits as many opens of a path, none of which runs. */
    WaitingRequests(int count, String path) {
        this(count, path, count + 1, (byte) 0, false);
    }

    /** Submits as many opens of a path that does not exist, which ask for no completion of a success. */
    static WaitingRequests failing(int count, String path) {
        return new WaitingRequests(count, path, count, SKIPS, false);
    }

    /**
     * Submits as many opens of a path that exists, which ask for no completion; the last one alone has one. They need
     * no descriptors, as each replaces the file of the former in the ring's own table.
     */
    static WaitingRequests withoutCompletions(int count, String path) {
        return new WaitingRequests(count, path, 1, SKIPS, true);
    }

    private WaitingRequests(int count, String path, int completions, byte flags, boolean isDirect) {
        this.count = count;
        this.completions = completions;
        this.flags = flags;
        this.isDirect = isDirect;
        this.path = Ring.path(path);
        ring = new Ring(count + 1);
        event = LibC.newEventFd();
        if (isDirect) {
            ring.registerFreePlace();
        }
        for (int i = 0; i <= count; i++) {
            fill(ring.request(i), i);
        }
        ring.submit(count + 1);
    }

    private void fill(Pointer entry, int at) {
        entry.setByte(0, at == 0 ? Ring.POLL : Ring.OPENAT);
        entry.setByte(1, at < count ? (byte) (LINKED | flags) : 0);
        entry.setInt(4, at == 0 ? event : Ring.AT_FDCWD);
        entry.setLong(16, at == 0 ? 0 : Pointer.nativeValue(path));
        entry.setInt(28, at == 0 ? LibC.POLLIN : 0);
        entry.setLong(32, at);
        entry.setInt(44, at > 0 && isDirect ? 1 : 0);
    }

    /** Lets the opens run, and waits until all have ended. */
    void run() {
        Memory one = new Memory(Long.BYTES);
        one.setLong(0, 1);
        Ring.checked(LibC.write(event, one, Long.BYTES));
        ring.await(completions);
    }

    @Override
    public void close() {
        ring.close();
        LibC.close(event);
    }
}
