// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.EventHandler;
import dev.unraced.event.record.RecordView;
import dev.unraced.testing.Allocation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class RingReaderTest {
    private static final int SIZE = 4096;

    private final MemoryRing ring = new MemoryRing(SIZE);
    private final RingReader reader = ring.reader();
    private final List<String> paths = new ArrayList<>();
    private final EventHandler collect = event -> paths.add(event.path().toString());

    @Test
    void recordsArriveInOrderAndGiveTheirSpaceBack() {
        ring.open("/a");
        ring.open("/b");

        assertThat(reader.isEmpty()).isFalse();
        assertThat(reader.poll(collect, 10)).isEqualTo(2);

        assertThat(paths).containsExactly("/a", "/b");
        assertThat(reader.isEmpty()).isTrue();
        assertThat(ring.consumed()).isEqualTo(ring.position());
    }

    @Test
    void theLimitHolds() {
        ring.open("/a");
        ring.open("/b");

        assertThat(reader.poll(collect, 1)).isEqualTo(1);
        assertThat(reader.poll(collect, 1)).isEqualTo(1);
        assertThat(reader.poll(collect, 1)).isZero();
    }

    @Test
    void recordsWrapAroundTheEndUnsplit() {
        for (int round = 0; round < 100; round++) {
            String path = "/" + "x".repeat(round * 7 % 900);
            assertThat(ring.open(path)).isTrue();
            assertThat(reader.poll(collect, 10)).isEqualTo(1);
            assertThat(paths.get(round)).isEqualTo(path);
        }
        assertThat(ring.position()).isGreaterThan(4L * SIZE);
    }

    @Test
    void aBusyRecordStopsTheReaderUntilItIsCommitted() {
        byte[] record = record("/busy");
        long at = ring.position();
        ring.raw(record, MemoryRing.BUSY);
        ring.open("/after");

        assertThat(reader.poll(collect, 10)).isZero();
        assertThat(reader.isEmpty()).isFalse();
        ring.commit(at, record.length);
        assertThat(reader.poll(collect, 10)).isEqualTo(2);
        assertThat(paths).containsExactly("/busy", "/after");
    }

    @Test
    void recordsThatCrossTheEndAreWholeWhereLittleOfTheDataIsMappedTwice() {
        MemoryRing large = new MemoryRing(1 << 17);
        RingReader least = large.readerOfLeast();
        List<String> written = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            String path = "/" + i + "x".repeat(i * 37 % 4_000);
            assertThat(large.open(path)).isTrue();
            written.add(path);
            assertThat(least.poll(collect, 10)).isEqualTo(1);
        }
        assertThat(paths).isEqualTo(written);
        assertThat(least.malformed()).isZero();
    }

    @Test
    void aDiscardedRecordIsSkipped() {
        ring.raw(record("/gone"), MemoryRing.DISCARD);
        ring.open("/kept");

        assertThat(reader.poll(collect, 10)).isEqualTo(1);
        assertThat(paths).containsExactly("/kept");
        assertThat(reader.malformed()).isZero();
    }

    @Test
    void aMalformedRecordIsCountedAndSkipped() {
        ring.raw(new byte[200], 0);
        ring.raw(new byte[0], 0);
        ring.raw(new byte[3], 0);
        ring.open("/kept");

        assertThat(reader.poll(collect, 10)).isEqualTo(1);
        assertThat(reader.malformed()).isEqualTo(3);
        assertThat(reader.delivered()).isEqualTo(1);
    }

    @Test
    void aLengthBeyondTheProducerIsCountedAndTheReaderStartsAnewThere() {
        long at = ring.position();
        ring.open("/broken");
        ring.header(at, SIZE);

        assertThat(reader.poll(collect, 10)).isZero();
        assertThat(reader.malformed()).isEqualTo(1);
        ring.open("/next");
        assertThat(reader.poll(collect, 10)).isEqualTo(1);
        assertThat(paths).containsExactly("/next");
    }

    @Test
    void anEventWhoseHandlerThrewCountsAsDelivered() {
        ring.open("/bad");
        ring.open("/good");

        assertThatThrownBy(() -> reader.poll(
                        event -> {
                            throw new IllegalStateException("no");
                        },
                        10))
                .hasMessage("no");

        assertThat(reader.poll(collect, 10)).isEqualTo(1);
        assertThat(paths).containsExactly("/good");
        assertThat(reader.delivered()).isEqualTo(2);
    }

    @Test
    void haltEndsThePollInProgress() {
        ring.open("/a");
        ring.open("/b");

        int count = reader.poll(event -> reader.halt(), 10);

        assertThat(count).isEqualTo(1);
        assertThat(reader.poll(collect, 10)).isZero();
    }

    @Test
    void aProducerOnAnotherThreadLosesNothing() throws InterruptedException {
        int total = 200_000;
        AtomicBoolean failed = new AtomicBoolean();
        Thread producer = new Thread(() -> {
            for (int i = 0; i < total; i++) {
                while (!ring.open("/p")) {
                    LockSupport.parkNanos(1);
                }
            }
        });
        producer.setDaemon(true);
        producer.start();
        long[] last = {0};
        EventHandler inOrder = event -> {
            if (event.sequence() != ++last[0]) {
                failed.set(true);
            }
        };
        while (last[0] < total) {
            if (reader.poll(inOrder, 64) == 0) {
                LockSupport.parkNanos(1);
            }
        }
        producer.join();
        assertThat(failed).isFalse();
        assertThat(reader.delivered()).isEqualTo(total);
    }

    @Test
    void pollingAllocatesNothing() {
        long[] sum = {0};
        EventHandler touch = event -> sum[0] += event.result()
                + event.path().length()
                + event.comm().length()
                + event.syscall().code();
        ring.open("/etc/hostname");

        Allocation.assertNone(() -> {
            reader.poll(touch, 16);
            ring.again();
        });

        assertThat(reader.delivered()).isGreaterThan(1);
        assertThat(sum[0]).isPositive();
    }

    @Test
    void sizesThatDoNotFitAreRefused() {
        ByteBuffer small = ByteBuffer.allocateDirect(64).order(ByteOrder.LITTLE_ENDIAN);

        assertThatThrownBy(() -> new RingReader(small, small, 8, 48)).hasMessageContaining("power of two");
        assertThatThrownBy(() -> new RingReader(small, small, 8, 32)).hasMessageContaining("needs 72 mapped, not 64");
    }

    private static byte[] record(String path) {
        MemoryRing other = new MemoryRing(SIZE);
        other.open(path);
        byte[][] copy = new byte[1][];
        other.reader().poll(event -> copy[0] = RecordView.of(event).toByteArray(), 1);
        return copy[0];
    }
}
