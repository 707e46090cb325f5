// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import java.util.Arrays;

/** Spans of time, with a fast count of those that overlap another span. Not thread-safe. */
final class Windows {
    private long[] begins = new long[16];
    private long[] ends = new long[16];
    private int count;
    private boolean sorted = true;

    void add(long begin, long end) {
        if (count == begins.length) {
            begins = Arrays.copyOf(begins, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
        }
        begins[count] = begin;
        ends[count++] = end;
        sorted = false;
    }

    /** Counts the spans that began by {@code to}, less those that ended before {@code from}. */
    int overlapping(long from, long to) {
        if (!sorted) {
            Arrays.sort(begins, 0, count);
            Arrays.sort(ends, 0, count);
            sorted = true;
        }
        return below(begins, to + 1) - below(ends, from);
    }

    private int below(long[] times, long limit) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (times[middle] < limit) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
