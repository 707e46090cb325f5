// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The module's counters: one row per CPU, which each read sums. */
final class Counters {
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final ByteBuffer rows;
    private final int count;

    Counters(ByteBuffer rows, int count) {
        this.rows = rows;
        this.count = count;
    }

    long sum(int field) {
        long sum = 0;
        for (int row = 0; row < count; row++) {
            sum += (long) LONGS.getOpaque(rows, row * DeviceLayout.COUNTERS_SIZE + field);
        }
        return sum;
    }
}
