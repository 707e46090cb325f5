// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.base;

import java.util.Arrays;

/**
 * The reads and writes of a simulated kernel's current step, so that an explorer knows which steps commute. The
 * objects, called things, have numbers, which are the same in every execution that makes them in the same order.
 *
 * <p>Off unless {@link #on()}; then logging costs a branch. Not thread-safe: it belongs to its kernel.
 */
public final class AccessLog {
    private long lastThing;
    private boolean on;
    private long[] reads = new long[8];
    private int readCount;
    private long[] writes = new long[8];
    private int writeCount;

    /** Returns the number of a new thing. */
    public long newThing() {
        return ++lastThing;
    }

    /** Starts to log. */
    public void on() {
        on = true;
    }

    /** Logs that the current step depends on a thing. */
    public void read(long thing) {
        if (on) {
            if (readCount == reads.length) {
                reads = Arrays.copyOf(reads, 2 * readCount);
            }
            reads[readCount++] = thing;
        }
    }

    /** Logs that the current step changes a thing. */
    public void write(long thing) {
        if (on) {
            if (writeCount == writes.length) {
                writes = Arrays.copyOf(writes, 2 * writeCount);
            }
            writes[writeCount++] = thing;
        }
    }

    /** Returns the reads and writes since the last call. */
    public Footprint take() {
        Footprint footprint = new Footprint(Arrays.copyOf(reads, readCount), Arrays.copyOf(writes, writeCount));
        readCount = 0;
        writeCount = 0;
        return footprint;
    }
}
