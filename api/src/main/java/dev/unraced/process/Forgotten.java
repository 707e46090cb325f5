// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import dev.unraced.event.ProcessLayout;

/** The processes that a table knew once, as far as the latest ones have left a place. Its memory never grows. */
final class Forgotten {
    private static final int PLACES = 1 << 15;

    private final long[] processes = new long[PLACES];

    void add(int tgid, long startNanos) {
        int start = ProcessLayout.start(startNanos);
        processes[place(tgid, start)] = process(tgid, start);
    }

    /** Returns whether the process with this id, whose image has this key, was one of them. Allocates nothing. */
    boolean contains(int tgid, long key) {
        int start = (int) (key >>> Integer.SIZE);
        return processes[place(tgid, start)] == process(tgid, start);
    }

    private static long process(int tgid, int start) {
        return (long) start << Integer.SIZE | tgid;
    }

    /** The bits of a start are mixed well already. */
    private static int place(int tgid, int start) {
        return (tgid ^ start) & (PLACES - 1);
    }
}
