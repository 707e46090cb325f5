// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

import java.util.Arrays;

/** The next threads to return, and their times: a binary heap on plain arrays. Not thread-safe. */
final class ReturnQueue {
    /** A time later than any other. */
    static final long NEVER = Long.MAX_VALUE;

    private long[] times = new long[1024];
    private int[] threads = new int[1024];
    private int size;

    /** Returns the time at which the next thread returns, or {@link #NEVER}. */
    long time() {
        return size == 0 ? NEVER : times[0];
    }

    void add(long time, int thread) {
        if (size == times.length) {
            times = Arrays.copyOf(times, 2 * size);
            threads = Arrays.copyOf(threads, 2 * size);
        }
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (times[parent] <= time) {
                break;
            }
            times[at] = times[parent];
            threads[at] = threads[parent];
            at = parent;
        }
        times[at] = time;
        threads[at] = thread;
    }

    /** Removes the thread that returns next; the queue must not be empty. */
    int remove() {
        int first = threads[0];
        size--;
        long time = times[size];
        int thread = threads[size];
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && times[child + 1] < times[child]) {
                child++;
            }
            if (times[child] >= time) {
                break;
            }
            times[at] = times[child];
            threads[at] = threads[child];
            at = child;
        }
        times[at] = time;
        threads[at] = thread;
        return first;
    }
}
