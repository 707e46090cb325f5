// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import dev.unraced.capture.StashStats;
import dev.unraced.stash.ArgStash;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/** Naive stashes, which show what a real stash defends against. */
final class NaiveStash implements ArgStash {
    private final ArgStash entries;
    private final boolean anySlot;
    private final Set<Long> held = new HashSet<>();

    private NaiveStash(ArgStash entries, boolean anySlot) {
        this.entries = entries;
        this.anySlot = anySlot;
    }

    /**
     * Returns a stash that knows threads by their id alone. An entry that no return took answers the next call of that
     * id, and blocks that call's own entry (BPF_NOEXIST).
     */
    static ArgStash byThreadId(ArgStash entries) {
        return new NaiveStash(entries, false);
    }

    /**
     * Returns a stash with one slot that any call reads as it is, like a reader that still holds the slot of an evicted
     * entry.
     */
    static ArgStash oneSlot(ArgStash entries) {
        return new NaiveStash(entries, true);
    }

    @Override
    public Put put(long thread, long startNanos, int call, ByteBuffer bytes) {
        if (anySlot) {
            return entries.put(0, 0, 0, bytes);
        }
        return held.add(thread) ? entries.put(thread, 0, 0, bytes) : Put.REFUSED;
    }

    @Override
    public int peek(long thread, long startNanos, int call, ByteBuffer target) {
        return entries.peek(anySlot ? 0 : thread, 0, 0, target);
    }

    @Override
    public int take(long thread, long startNanos, int call, ByteBuffer target) {
        held.remove(thread);
        return entries.take(anySlot ? 0 : thread, 0, 0, target);
    }

    @Override
    public boolean discard(long thread) {
        // This stash ignores threads that end.
        return false;
    }

    @Override
    public void clear() {
        held.clear();
        entries.clear();
    }

    @Override
    public int capacity() {
        return entries.capacity();
    }

    @Override
    public int entryBytes() {
        return entries.entryBytes();
    }

    @Override
    public StashStats stats() {
        return entries.stats();
    }
}
