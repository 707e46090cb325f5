// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import dev.unraced.capture.EventHandler;
import java.util.Arrays;
import java.util.List;

/**
 * Reads several rings as if they were one ring. Records come in the order of their times, so a thread that moved from
 * one CPU and ring to another keeps its order (R9.1).
 *
 * <p>Each ring must have one producer at a time, which writes its records in the order of their times, as a ring per
 * CPU has. A record is only handed over after all rings have been looked at <em>after</em> it was seen, because the
 * earlier records of its thread are in some ring by then.
 */
public final class MergingReader implements RecordReader {
    private final RingReader[] rings;
    /** The end of each ring at the first look, and at the second look. */
    private final long[] seen;

    private final long[] seenAgain;
    private final long[] times;
    /** The rings that have a record at hand, by number: a binary heap, the earliest record first. */
    private final int[] heap;

    private int heapSize;
    private volatile boolean halted;

    /**
     * Creates a reader over rings that only it reads.
     *
     * @throws IllegalArgumentException when there is no ring
     */
    public MergingReader(List<RingReader> rings) {
        if (rings.isEmpty()) {
            throw new IllegalArgumentException("no ring to read");
        }
        this.rings = rings.toArray(RingReader[]::new);
        int count = this.rings.length;
        this.seen = new long[count];
        this.seenAgain = new long[count];
        this.times = new long[count];
        this.heap = new int[count];
    }

    @Override
    public int poll(EventHandler handler, int limit) {
        long before = delivered();
        try {
            boolean more = true;
            int count = 0;
            while (more && count < limit && !halted) {
                look();
                more = line() && merge(handler, limit - count);
                count = (int) (delivered() - before);
            }
            return count;
        } finally {
            for (RingReader ring : rings) {
                ring.giveBack();
            }
        }
    }

    private void look() {
        for (int i = 0; i < rings.length; i++) {
            seen[i] = rings[i].reach();
        }
        for (int i = 0; i < rings.length; i++) {
            seenAgain[i] = rings[i].reach();
        }
    }

    /**
     * Sorts the rings by their first records. Returns false when one of these records is still being written: its time
     * is not known yet.
     */
    private boolean line() {
        heapSize = 0;
        for (int i = 0; i < rings.length; i++) {
            int state = rings[i].advance(seenAgain[i]);
            if (state == RingReader.UNDER_WAY) {
                return false;
            }
            if (state == RingReader.READY) {
                times[i] = rings[i].nanos();
                rise(heapSize++, i);
            }
        }
        return heapSize > 0;
    }

    /**
     * Hands over records in order. Returns whether it stopped because the next record was not seen before both looks.
     */
    private boolean merge(EventHandler handler, int limit) {
        for (int count = 0; count < limit && heapSize > 0 && !halted; count++) {
            int first = heap[0];
            RingReader ring = rings[first];
            if (ring.position() - seen[first] >= 0) {
                return true;
            }
            ring.deliver(handler);
            int state = ring.advance(seenAgain[first]);
            if (state == RingReader.UNDER_WAY) {
                return false;
            }
            if (state == RingReader.READY) {
                times[first] = ring.nanos();
                sink(first);
            } else {
                heapSize--;
                if (heapSize > 0) {
                    sink(heap[heapSize]);
                }
            }
        }
        return false;
    }

    private void rise(int at, int ring) {
        int place = at;
        while (place > 0 && times[ring] < times[heap[(place - 1) / 2]]) {
            heap[place] = heap[(place - 1) / 2];
            place = (place - 1) / 2;
        }
        heap[place] = ring;
    }

    /** Replaces the first ring of the heap by another ring, and moves that to its place. */
    private void sink(int ring) {
        int place = 0;
        while (2 * place + 1 < heapSize) {
            int child = 2 * place + 1;
            if (child + 1 < heapSize && times[heap[child + 1]] < times[heap[child]]) {
                child++;
            }
            if (times[ring] <= times[heap[child]]) {
                break;
            }
            heap[place] = heap[child];
            place = child;
        }
        heap[place] = ring;
    }

    @Override
    public void halt() {
        halted = true;
    }

    @Override
    public void detach() {
        for (RingReader ring : rings) {
            ring.detach();
        }
    }

    @Override
    public boolean isEmpty() {
        for (RingReader ring : rings) {
            if (!ring.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int capacity() {
        return Arrays.stream(rings).mapToInt(RingReader::capacity).min().orElseThrow();
    }

    @Override
    public long delivered() {
        long sum = 0;
        for (RingReader ring : rings) {
            sum += ring.delivered();
        }
        return sum;
    }

    @Override
    public long malformed() {
        long sum = 0;
        for (RingReader ring : rings) {
            sum += ring.malformed();
        }
        return sum;
    }
}
