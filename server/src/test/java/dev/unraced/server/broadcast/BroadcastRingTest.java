// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.broadcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests a writer that never waits, and readers that know how many records they missed. */
@Timeout(60)
class BroadcastRingTest {
    private static final int SIZE = 1 << 16;
    private static final int RECORDS = 300_000;

    private final ByteBuffer record = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);

    /** Writes a record whose every word but the first is its number. */
    private void write(BroadcastRing ring, long number, int words) {
        int length = 8 + 8 * words;
        record.putInt(0, length).putInt(4, words);
        for (int i = 0; i < words; i++) {
            record.putLong(8 + 8 * i, number);
        }
        ring.write(record, 0, length);
    }

    private static final class Reader extends Thread {
        private final BroadcastRing ring;
        private final BroadcastRing.Cursor cursor;
        private final long napNanos;
        private volatile boolean last;
        private long received;
        private String wrong = "";

        Reader(BroadcastRing ring, long napNanos) {
            this.ring = ring;
            this.cursor = ring.cursor();
            this.napNanos = napNanos;
        }

        @Override
        public void run() {
            byte[] copy = new byte[SIZE];
            ByteBuffer records = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
            while (true) {
                boolean isLast = last;
                int bytes = ring.read(cursor, copy, copy.length);
                if (bytes == 0 && isLast) {
                    return;
                }
                int length;
                for (int at = 0; at < bytes; at += length) {
                    length = records.getInt(at);
                    check(records, at, length);
                }
                if (napNanos > 0) {
                    LockSupport.parkNanos(napNanos);
                }
            }
        }

        private void check(ByteBuffer records, int at, int length) {
            long number = records.getLong(at + 8);
            for (int i = at + 8; i < at + length; i += 8) {
                if (records.getLong(i) != number) {
                    wrong = "a record of two: " + number + " and " + records.getLong(i);
                }
            }
            received++;
        }
    }

    @Test
    void whatAReaderGetsAndWhatItMissesIsAllThereWas() throws InterruptedException {
        BroadcastRing ring = new BroadcastRing(SIZE);
        List<Reader> readers = new ArrayList<>();
        for (long nap : new long[] {0, 20_000, 1_000_000, 20_000_000}) {
            readers.add(new Reader(ring, nap));
        }
        readers.forEach(Thread::start);
        Random random = new Random(3);
        for (int i = 0; i < RECORDS; i++) {
            write(ring, i, 1 + random.nextInt(60));
        }
        for (Reader reader : readers) {
            reader.last = true;
            reader.join();
            assertThat(reader.wrong).isEmpty();
            assertThat(reader.received + reader.cursor.missed).isEqualTo(RECORDS);
            assertThat(reader.cursor.ordinal).isEqualTo(RECORDS);
        }
        assertThat(readers.get(3).cursor.missed).as("one that sleeps").isPositive();
    }

    @Test
    void aReaderThatIsBehindKnowsItBeforeItReads() {
        BroadcastRing ring = new BroadcastRing(SIZE);
        BroadcastRing.Cursor cursor = ring.cursor();
        for (int i = 0; i < 10_000; i++) {
            write(ring, i, 30);
        }
        long missed = ring.missed(cursor);
        assertThat(missed).isPositive();
        byte[] copy = new byte[SIZE];
        while (ring.read(cursor, copy, copy.length) > 0) {
            assertThat(cursor.missed).isEqualTo(missed);
        }
        assertThat(cursor.ordinal).isEqualTo(10_000);
        assertThat(ring.missed(cursor)).isZero();
    }

    @Test
    void sizesThatAreNoneAreRefused() {
        assertThatThrownBy(() -> new BroadcastRing(100_000)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BroadcastRing(1 << 12)).isInstanceOf(IllegalArgumentException.class);
    }
}
