// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

import dev.unraced.capture.StashStats;
import dev.unraced.event.ByteString;
import dev.unraced.stash.ArgStash.Put;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** The stash contract in the plainest form: two maps in order of arrival. */
final class StashModel {
    record Entry(long startNanos, int call, ByteString bytes) {
        boolean answers(long start, int otherCall) {
            return startNanos == start && call == otherCall;
        }
    }

    record Missed(long startNanos, int call, int reason) {}

    /** The result of a take: a length or a code, and the bytes. */
    record Taken(int code, ByteString bytes) {}

    private final StashPolicy policy;
    private final int capacity;
    private final Map<Long, Entry> entries = new LinkedHashMap<>();
    private final Map<Long, Missed> missed = new LinkedHashMap<>();
    private long puts;
    private long takes;
    private long evicted;
    private long reclaimed;
    private long stale;
    private long refused;

    StashModel(StashPolicy policy, int capacity) {
        this.policy = policy;
        this.capacity = capacity;
    }

    Put put(long thread, long startNanos, int call, ByteString bytes) {
        missed.remove(thread);
        Put outcome = Put.STORED;
        if (entries.remove(thread) != null) {
            stale++;
            outcome = Put.REPLACED;
        } else if (entries.size() == capacity && policy == StashPolicy.HASH) {
            refused++;
            remember(thread, new Missed(startNanos, call, ArgStash.REFUSED));
            return Put.REFUSED;
        } else if (entries.size() == capacity) {
            long oldest = entries.keySet().iterator().next();
            Entry gone = entries.remove(oldest);
            evicted++;
            remember(oldest, new Missed(gone.startNanos(), gone.call(), ArgStash.EVICTED));
            outcome = Put.EVICTED;
        }
        puts++;
        entries.put(thread, new Entry(startNanos, call, bytes));
        return outcome;
    }

    private void remember(long thread, Missed call) {
        if (missed.size() == Math.max(capacity, BoundedArgStash.LEAST_REMEMBERED)) {
            Iterator<Long> oldest = missed.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        missed.put(thread, call);
    }

    Taken take(long thread, long startNanos, int call) {
        Entry entry = entries.remove(thread);
        if (entry != null && entry.answers(startNanos, call)) {
            takes++;
            return new Taken(entry.bytes().length(), entry.bytes());
        }
        if (entry != null) {
            stale++;
            return new Taken(ArgStash.STALE, ByteString.EMPTY);
        }
        Missed gone = missed.remove(thread);
        boolean known = gone != null && gone.startNanos() == startNanos && gone.call() == call;
        return new Taken(known ? gone.reason() : ArgStash.MISSING, ByteString.EMPTY);
    }

    boolean discard(long thread) {
        missed.remove(thread);
        if (entries.remove(thread) == null) {
            return false;
        }
        reclaimed++;
        return true;
    }

    void clear() {
        missed.clear();
        reclaimed += entries.size();
        entries.clear();
    }

    StashStats stats() {
        return StashStats.builder()
                .puts(puts)
                .takes(takes)
                .evicted(evicted)
                .reclaimed(reclaimed)
                .stale(stale)
                .refused(refused)
                .live(entries.size())
                .capacity(capacity)
                .build();
    }
}
