// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * Reads the counters of a native driver: one row of 64-bit numbers for each CPU, in memory shared with the driver. Each
 * read sums a number over all rows. Thread-safe.
 */
public final class PerCpuCounters {
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final ByteBuffer memory;
    private final int rowSize;
    private final int rows;

    /**
     * Creates a reader of the counters in some memory.
     *
     * @param memory the rows one behind the other, from the start
     * @param rowSize the size of a row in bytes
     */
    public PerCpuCounters(ByteBuffer memory, int rowSize, int rows) {
        this.memory = memory;
        this.rowSize = rowSize;
        this.rows = rows;
    }

    /** Returns the bytes of the pages that hold some rows. */
    public static long pageBytes(int rowSize, int rows, int page) {
        return ((long) rowSize * rows + page - 1) / page * page;
    }

    /** Returns the number of rows. */
    public int rows() {
        return rows;
    }

    /**
     * Returns the sum of a counter.
     *
     * @param offset where a row has it
     */
    public long sum(int offset) {
        long sum = 0;
        for (int row = 0; row < rows; row++) {
            sum += (long) LONGS.getOpaque(memory, row * rowSize + offset);
        }
        return sum;
    }

    /** Puts the sum of a counter into a map, unless it is 0. */
    public <K> void putSum(Map<K, Long> counts, K reason, int offset) {
        long count = sum(offset);
        if (count > 0) {
            counts.put(reason, count);
        }
    }
}
