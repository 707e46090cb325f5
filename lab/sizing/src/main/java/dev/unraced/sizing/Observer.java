// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

import dev.unraced.capture.StashStats;
import dev.unraced.machine.SyscallNumbers;
import dev.unraced.stash.ArgStash;
import java.nio.ByteBuffer;

/**
 * A stash, fed as a driver feeds it, whose every answer is checked. The bytes of an entry name its thread, the thread's
 * start and the number of its call. It allocates nothing per call. Not thread-safe.
 */
final class Observer {
    /**
     * The bytes of an entry. The stash copies them, so few bytes make a fast model; their number changes no outcome.
     */
    static final int ENTRY_BYTES = 3 * Long.BYTES;

    private static final int[] SYSCALLS = {
        SyscallNumbers.OPEN, SyscallNumbers.CONNECT, SyscallNumbers.CREAT, SyscallNumbers.OPENAT, SyscallNumbers.OPENAT2
    };

    private final ArgStash stash;
    private final ByteBuffer put = ByteBuffer.allocate(ENTRY_BYTES);
    private final ByteBuffer taken = ByteBuffer.allocate(ENTRY_BYTES);
    private long live;
    private long highWater;
    private double entryNanos;
    private long lastChange;

    Observer(ArgStash stash) {
        this.stash = stash;
    }

    void enter(long now, int id, long start, long call) {
        put.putLong(0, id).putLong(Long.BYTES, start).putLong(2 * Long.BYTES, call);
        if (stash.put(id, start, syscall(call), put) == ArgStash.Put.STORED) {
            change(now, 1);
        }
    }

    /** Returns the result of {@link ArgStash#take}. */
    int leave(long now, int id, long start, long call) {
        int length = stash.take(id, start, syscall(call), taken.clear());
        if (length >= 0) {
            check(length, id, start, call);
        }
        if (length >= 0 || length == ArgStash.STALE) {
            change(now, -1);
        }
        return length;
    }

    void exit(long now, int id) {
        if (stash.discard(id)) {
            change(now, -1);
        }
    }

    long highWater() {
        return highWater;
    }

    /** Returns the mean number of entries over the time from 0 to now. */
    double meanLive(long now) {
        change(now, 0);
        return entryNanos / now;
    }

    /**
     * Returns the stash's statistics.
     *
     * @throws IllegalStateException when they do not balance, or disagree with the observer's counts
     */
    StashStats stats(long taken) {
        StashStats stats = stash.stats();
        if (stats.imbalance() != 0 || stats.live() != live || stats.takes() != taken) {
            throw new IllegalStateException("the stash's statistics are wrong: " + stats + ", but " + live
                    + " are live and " + taken + " were taken");
        }
        return stats;
    }

    private void check(int length, int id, long start, long call) {
        if (length != ENTRY_BYTES
                || taken.getLong(0) != id
                || taken.getLong(Long.BYTES) != start
                || taken.getLong(2 * Long.BYTES) != call) {
            throw new IllegalStateException("call " + call + " of thread " + id + ", started at " + start
                    + ", was given the entry of call " + taken.getLong(2 * Long.BYTES) + " of thread "
                    + taken.getLong(0) + ", started at " + taken.getLong(Long.BYTES));
        }
    }

    private void change(long now, int entries) {
        entryNanos += (double) live * (now - lastChange);
        lastChange = now;
        live += entries;
        if (live > highWater) {
            highWater = live;
        }
    }

    private static int syscall(long call) {
        return SYSCALLS[(int) (call % SYSCALLS.length)];
    }
}
