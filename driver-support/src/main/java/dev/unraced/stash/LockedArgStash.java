// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

import dev.unraced.capture.StashStats;
import java.nio.ByteBuffer;

/**
 * A stash that several threads may use: one lock guards the whole stash, held for a few probes and the copy of one
 * entry. It is an intrinsic lock, because {@code java.util.concurrent} locks allocate when threads have to wait.
 */
final class LockedArgStash implements ArgStash {
    private final ArgStash stash;

    LockedArgStash(ArgStash stash) {
        this.stash = stash;
    }

    @Override
    public Put put(long thread, long startNanos, int call, ByteBuffer bytes) {
        synchronized (stash) {
            return stash.put(thread, startNanos, call, bytes);
        }
    }

    @Override
    public boolean amend(long thread, long startNanos, int call, ByteBuffer bytes) {
        synchronized (stash) {
            return stash.amend(thread, startNanos, call, bytes);
        }
    }

    @Override
    public int peek(long thread, long startNanos, int call, ByteBuffer target) {
        synchronized (stash) {
            return stash.peek(thread, startNanos, call, target);
        }
    }

    @Override
    public int take(long thread, long startNanos, int call, ByteBuffer target) {
        synchronized (stash) {
            return stash.take(thread, startNanos, call, target);
        }
    }

    @Override
    public boolean discard(long thread) {
        synchronized (stash) {
            return stash.discard(thread);
        }
    }

    @Override
    public void clear() {
        synchronized (stash) {
            stash.clear();
        }
    }

    @Override
    public int capacity() {
        return stash.capacity();
    }

    @Override
    public int entryBytes() {
        return stash.entryBytes();
    }

    @Override
    public StashStats stats() {
        synchronized (stash) {
            return stash.stats();
        }
    }
}
