// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.EventHandler;
import dev.unraced.testing.Allocation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MergingReaderTest {
    private static final int SIZE = 1 << 16;
    private static final int THREADS = 4;
    private static final int CALLS = 50_000;

    private final List<MemoryRing> rings =
            Stream.generate(() -> new MemoryRing(SIZE)).limit(5).toList();
    private final MergingReader reader =
            new MergingReader(rings.stream().map(MemoryRing::reader).toList());
    private final List<Long> times = new ArrayList<>();
    private final EventHandler note = event -> times.add(event.exitNanos());

    @Test
    void recordsComeByTimeWhicheverRingTheyAreIn() {
        long[][] written = {{1, 5, 9, 30}, {2, 3, 4}, {}, {7, 8, 31}, {6}};
        for (int i = 0; i < written.length; i++) {
            for (long time : written[i]) {
                rings.get(i).open(1, time);
            }
        }

        assertThat(reader.poll(note, 4)).isEqualTo(4);
        assertThat(reader.isEmpty()).isFalse();
        assertThat(reader.poll(note, 100)).isEqualTo(7);
        assertThat(times).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 30L, 31L);
        assertThat(reader.poll(note, 100)).isZero();
        assertThat(reader.isEmpty()).isTrue();
        assertThat(reader.delivered()).isEqualTo(11);
    }

    @Test
    void nothingOvertakesARecordThatIsUnderWay() {
        rings.get(0).open(1, 2);
        MemoryRing slow = rings.get(3);
        long at = slow.position();
        slow.open(1, 1);
        int length = slow.header(at);
        slow.header(at, length | MemoryRing.BUSY);

        assertThat(reader.poll(note, 100)).isZero();
        slow.commit(at, length);
        assertThat(reader.poll(note, 100)).isEqualTo(2);
        assertThat(times).containsExactly(1L, 2L);
    }

    @Test
    void discardedAndMalformedRecordsArePassedOver() {
        rings.get(0).raw(new byte[16], MemoryRing.DISCARD);
        rings.get(0).open(1, 2);
        rings.get(1).raw(new byte[16], 0);
        rings.get(1).open(1, 1);

        assertThat(reader.poll(note, 100)).isEqualTo(2);
        assertThat(times).containsExactly(1L, 2L);
        assertThat(reader.malformed()).isEqualTo(1);
    }

    @Test
    void whatAHandlerThrowsCostsOneRecord() {
        rings.get(0).open(1, 1);
        rings.get(1).open(1, 2);

        assertThatThrownBy(() -> reader.poll(
                        event -> {
                            throw new IllegalStateException("no");
                        },
                        100))
                .hasMessage("no");
        assertThat(reader.poll(note, 100)).isEqualTo(1);
        assertThat(times).containsExactly(2L);
    }

    @Test
    void haltEndsAPollAtTheRecordThatItIsAt() {
        rings.get(0).open(1, 1);
        rings.get(1).open(1, 2);

        assertThat(reader.poll(event -> reader.halt(), 100)).isEqualTo(1);
        assertThat(reader.poll(note, 100)).isZero();
    }

    @Test
    void pollingAllocatesNothing() {
        for (MemoryRing ring : rings) {
            ring.open("/etc/hostname");
        }
        long[] sum = new long[1];
        EventHandler touch = event -> sum[0] += event.result();

        Allocation.assertNone(() -> {
            reader.poll(touch, 16);
            // The loop uses an index, as the test's own iterator would allocate.
            for (int i = 0; i < rings.size(); i++) {
                rings.get(i).again();
            }
        });

        assertThat(sum[0]).isPositive();
    }

    /** Threads move between rings between their calls, as they move between CPUs. */
    @Test
    void threadsThatMigrateKeepTheirOrder() throws InterruptedException {
        long[] last = new long[THREADS];
        List<String> wrong = new ArrayList<>();
        AtomicInteger running = new AtomicInteger(THREADS);
        List<Thread> threads = IntStream.range(0, THREADS)
                .mapToObj(tid -> new Thread(() -> {
                    migrate(tid);
                    running.decrementAndGet();
                }))
                .toList();
        threads.forEach(Thread::start);
        EventHandler check = event -> {
            if (event.exitNanos() <= last[event.tid()]) {
                wrong.add(event.tid() + ": " + event.exitNanos() + " after " + last[event.tid()]);
            }
            last[event.tid()] = event.exitNanos();
        };
        while (running.get() > 0 || !reader.isEmpty()) {
            reader.poll(check, 100);
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(wrong).isEmpty();
        assertThat(reader.delivered()).isEqualTo((long) THREADS * CALLS);
    }

    private void migrate(int tid) {
        for (int call = 0; call < CALLS; call++) {
            MemoryRing ring = rings.get(ThreadLocalRandom.current().nextInt(rings.size()));
            boolean written = false;
            while (!written) {
                synchronized (ring) {
                    written = ring.open(tid, System.nanoTime());
                }
            }
        }
    }
}
