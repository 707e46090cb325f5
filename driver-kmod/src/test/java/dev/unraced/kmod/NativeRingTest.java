// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.Abi;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.ring.RingReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that the reader of all native drivers reads what the module writes. */
class NativeRingTest {
    private static final int SIZE = 1 << 16;

    private final ByteBuffer record = ByteBuffer.allocateDirect(4096).order(ByteOrder.LITTLE_ENDIAN);
    private int length;

    @Test
    void everyRecordArrivesInOrderRoundAndRound() {
        List<Long> seen = new ArrayList<>();
        try (NativeRing ring = new NativeRing(SIZE)) {
            RingReader reader = ring.newReader();
            for (long sequence = 1; sequence <= 5_000; sequence++) {
                encode(sequence);
                assertThat(ring.write(record, length)).isTrue();
                if (sequence % 50 == 0) {
                    reader.poll(event -> seen.add(event.sequence()), Integer.MAX_VALUE);
                }
            }
            assertThat(reader.malformed()).isZero();
        }
        assertThat(seen).hasSize(5_000).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aFullRingTakesNothingUntilItIsRead() {
        try (NativeRing ring = new NativeRing(SIZE)) {
            RingReader reader = ring.newReader();
            encode(1);
            int fit = 0;
            while (ring.write(record, length)) {
                fit++;
            }
            assertThat(fit).isEqualTo(SIZE / (length + 8));
            assertThat(reader.poll(event -> {}, Integer.MAX_VALUE)).isEqualTo(fit);
            assertThat(ring.write(record, length)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, Long.MAX_VALUE, 1, 1L << 40})
    void aReaderThatLiesAboutItsPositionGetsNothingMore(long position) {
        try (NativeRing ring = new NativeRing(SIZE)) {
            encode(1);
            ring.readerPage().order(ByteOrder.LITTLE_ENDIAN).putLong(0, position);
            assertThat(ring.write(record, length)).isFalse();
        }
    }

    private void encode(long sequence) {
        RecordEncoder encoder = new RecordEncoder();
        encoder.begin(Syscall.OPENAT, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH)
                .sequence(0, sequence)
                .comm("x".repeat((int) (sequence % 16)).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        length = encoder.finishPartial();
        record.put(0, encoder.buffer(), 0, length);
    }
}
