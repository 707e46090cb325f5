// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote.server;

import dev.unraced.remote.v1.Cursor;
import io.grpc.netty.shaded.io.netty.util.collection.IntObjectHashMap;

/**
 * Numbers a subscriber's events within their sources. What it does not get because of its filters takes no number, and
 * what a shared capture told of before it came neither; what was lost leaves a gap (R9.2).
 */
final class Numbers {
    /**
     * Of more sources a token does not tell, as it has to fit into a request. When the connection breaks, their numbers
     * begin anew, or in a capture of the subscriber's own leave out what was left out.
     */
    private static final int MOST_IN_TOKEN = 1024;

    private final boolean fromStart;
    /** By source: how much less than the capture's number an event's own is. */
    private final IntObjectHashMap<long[]> less = new IntObjectHashMap<>();

    /** @param fromStart whether the subscriber was there when the capture began */
    Numbers(boolean fromStart) {
        this.fromStart = fromStart;
    }

    /** The number of an event that the subscriber gets. */
    long of(int source, long sequence) {
        return sequence - less(source, sequence)[0];
    }

    /** An event that it does not get. */
    void leaveOut(int source, long sequence) {
        less(source, sequence)[0]++;
    }

    private long[] less(int source, long sequence) {
        long[] known = less.get(source);
        if (known == null) {
            known = new long[] {fromStart ? 0 : sequence - 1};
            less.put(source, known);
        }
        return known;
    }

    void write(Cursor.Builder token) {
        int written = 0;
        for (var entry : less.entries()) {
            if (written == MOST_IN_TOKEN) {
                return;
            }
            // Of an own capture, that is what a source begins with.
            if (!fromStart || entry.value()[0] != 0) {
                token.addSource(entry.key()).addLess(entry.value()[0]);
                written++;
            }
        }
    }

    void read(Cursor token) {
        less.clear();
        for (int i = 0; i < Math.min(token.getSourceCount(), token.getLessCount()); i++) {
            less.put(token.getSource(i), new long[] {token.getLess(i)});
        }
    }
}
