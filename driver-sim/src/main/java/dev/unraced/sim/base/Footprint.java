// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.base;

import java.util.Arrays;

/** The things that one step read and wrote, by number. Immutable. */
public final class Footprint {
    private final long[] reads;
    private final long[] writes;

    /** Takes the arrays over; they may hold a number more than once. */
    public Footprint(long[] reads, long[] writes) {
        Arrays.sort(reads);
        Arrays.sort(writes);
        this.reads = reads;
        this.writes = writes;
    }

    /** Returns whether the step touched nothing shared. */
    public boolean isEmpty() {
        return reads.length == 0 && writes.length == 0;
    }

    /** Returns whether the order of two steps can matter: one writes a thing that the other reads or writes. */
    public boolean conflictsWith(Footprint other) {
        return meet(writes, other.writes) || meet(writes, other.reads) || meet(reads, other.writes);
    }

    private static boolean meet(long[] a, long[] b) {
        int i = 0;
        int j = 0;
        while (i < a.length && j < b.length) {
            if (a[i] == b[j]) {
                return true;
            }
            if (a[i] < b[j]) {
                i++;
            } else {
                j++;
            }
        }
        return false;
    }
}
