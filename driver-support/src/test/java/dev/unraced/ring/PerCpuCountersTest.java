// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PerCpuCountersTest {
    private static final int ROW = 64;

    private final ByteBuffer memory = ByteBuffer.allocateDirect(4096).order(ByteOrder.LITTLE_ENDIAN);
    private final PerCpuCounters counters = new PerCpuCounters(memory, ROW, 3);

    @Test
    void aCounterIsTheSumOfItsRows() {
        memory.putLong(8, 1).putLong(ROW + 8, 1L << 40).putLong(2 * ROW + 8, 3).putLong(3 * ROW + 8, 100);
        Map<String, Long> counts = new HashMap<>();
        counters.putSum(counts, "some", 8);
        counters.putSum(counts, "none", 16);

        assertThat(counters.rows()).isEqualTo(3);
        assertThat(counters.sum(8)).isEqualTo(4 + (1L << 40));
        assertThat(counts).containsOnly(Map.entry("some", 4 + (1L << 40)));
    }

    @Test
    void rowsTakeWholePages() {
        assertThat(PerCpuCounters.pageBytes(ROW, 64, 4096)).isEqualTo(4096);
        assertThat(PerCpuCounters.pageBytes(ROW, 65, 4096)).isEqualTo(8192);
        assertThat(PerCpuCounters.pageBytes(1536, 1 << 21, 4096)).isEqualTo(1536L << 21);
    }
}
