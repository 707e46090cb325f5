// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants.fault;

import dev.unraced.capture.StashStats;
import dev.unraced.stash.ArgStash;
import java.nio.ByteBuffer;

/** A stash that passes every call on to another one. */
public class StashAround implements ArgStash {
    private final ArgStash inner;

    public StashAround(ArgStash inner) {
        this.inner = inner;
    }

    @Override
    public Put put(long thread, long startNanos, int call, ByteBuffer bytes) {
        return inner.put(thread, startNanos, call, bytes);
    }

    @Override
    public int peek(long thread, long startNanos, int call, ByteBuffer target) {
        return inner.peek(thread, startNanos, call, target);
    }

    @Override
    public int take(long thread, long startNanos, int call, ByteBuffer target) {
        return inner.take(thread, startNanos, call, target);
    }

    @Override
    public boolean discard(long thread) {
        return inner.discard(thread);
    }

    @Override
    public void clear() {
        inner.clear();
    }

    @Override
    public int capacity() {
        return inner.capacity();
    }

    @Override
    public int entryBytes() {
        return inner.entryBytes();
    }

    @Override
    public StashStats stats() {
        return inner.stats();
    }
}
