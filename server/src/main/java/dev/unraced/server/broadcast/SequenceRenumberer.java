// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.broadcast;

import dev.unraced.protocol.v1.Cursor;
import io.grpc.netty.shaded.io.netty.util.collection.IntObjectHashMap;

/**
 * Renumbers a subscriber's events within their sources. Events that filters leave out take no number, nor do events of
 * a shared capture from before the subscription; a lost event leaves a gap (R9.2).
 */
final class SequenceRenumberer {
    /**
     * The most sources in a token, which has to fit into a request. When the connection breaks, the numbers of further
     * sources start again; in a subscriber's own capture, the events that filters left out show as gaps.
     */
    private static final int MOST_IN_TOKEN = 1024;

    private final boolean fromStart;
    /** By source: the capture's number of an event minus the subscriber's number. */
    private final IntObjectHashMap<long[]> less = new IntObjectHashMap<>();

    /** @param fromStart true if the subscriber was there when the capture began */
    SequenceRenumberer(boolean fromStart) {
        this.fromStart = fromStart;
    }

    /** Returns the number of an event that the subscriber gets. */
    long of(int source, long sequence) {
        return sequence - less(source, sequence)[0];
    }

    /** Notes an event that the subscriber does not get. */
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
            // In an own capture, a source starts with 0 anyway.
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
