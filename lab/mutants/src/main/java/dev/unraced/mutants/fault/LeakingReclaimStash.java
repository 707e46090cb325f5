// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants.fault;

import dev.unraced.event.ByteString;
import dev.unraced.stash.ArgStash;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** A stash that reclaims the entries of dead threads, and still hands them to the next thread with the same id. */
public final class LeakingReclaimStash extends StashAround {
    private final boolean sameStart;
    private final Map<Long, Entry> living = new HashMap<>();
    private final Map<Long, Entry> left = new HashMap<>();

    /** Makes the stash, with or without the start time as part of a thread's identity. */
    public LeakingReclaimStash(ArgStash stash, boolean sameStart) {
        super(stash);
        this.sameStart = sameStart;
    }

    private record Entry(long startNanos, ByteString bytes) {}

    @Override
    public Put put(long thread, long startNanos, int call, ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(bytes.position(), copy);
        living.put(thread, new Entry(startNanos, ByteString.copyOf(copy)));
        return super.put(thread, startNanos, call, bytes);
    }

    @Override
    public int take(long thread, long startNanos, int call, ByteBuffer target) {
        living.remove(thread);
        int start = target.position();
        int length = super.take(thread, startNanos, call, target);
        Entry entry = left.remove(thread);
        if (length > 0 && entry != null && (!sameStart || entry.startNanos() == startNanos)) {
            target.position(start).put(entry.bytes().toByteArray());
            return entry.bytes().length();
        }
        return length;
    }

    @Override
    public boolean discard(long thread) {
        Entry entry = living.remove(thread);
        if (entry != null) {
            left.put(thread, entry);
        }
        return super.discard(thread);
    }
}
