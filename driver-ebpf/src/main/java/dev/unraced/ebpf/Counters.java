// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The programs' counters, one row per CPU, which are summed when read. */
final class Counters {
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final ByteBuffer rows;
    private final int cpus;

    Counters(ByteBuffer rows, int cpus) {
        this.rows = rows;
        this.cpus = cpus;
    }

    /** Returns the number of possible CPUs. */
    int cpus() {
        return cpus;
    }

    long sum(int field) {
        long sum = 0;
        for (int cpu = 0; cpu < cpus; cpu++) {
            sum += (long) LONGS.getOpaque(rows, cpu * ControlLayout.ROW_SIZE + field);
        }
        return sum;
    }
}
