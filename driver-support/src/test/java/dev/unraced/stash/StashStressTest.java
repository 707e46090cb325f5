// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.StashStats;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Stresses one stash that is too small for its several readers, also for the same threads. */
@Timeout(60)
class StashStressTest {
    private static final int READERS = 4;
    private static final int CALLS = 100_000;
    private static final int THREADS = 96;
    private static final int ENTRY_LONGS = 32;

    private final Tally total = new Tally();

    @ParameterizedTest
    @EnumSource(StashPolicy.class)
    void neverGivesAnEntryToAnotherThreadAndKeepsItsStatistics(StashPolicy policy) throws Exception {
        ArgStash stash = policy.newStash(64, ENTRY_LONGS * Long.BYTES);
        ExecutorService readers = Executors.newFixedThreadPool(READERS);
        try {
            List<Future<Tally>> outcomes = new ArrayList<>();
            for (int reader = 0; reader < READERS; reader++) {
                outcomes.add(readers.submit(new Reader(stash, reader)));
            }
            for (Future<Tally> outcome : outcomes) {
                total.add(outcome.get());
            }
        } finally {
            readers.shutdownNow();
        }

        StashStats stats = stash.stats();
        assertThat(stats.imbalance()).isZero();
        assertThat(stats.puts()).isEqualTo(total.puts);
        assertThat(stats.takes()).isEqualTo(total.takes).isPositive();
        assertThat(stats.refused()).isEqualTo(total.refused);
        assertThat(stats.evicted()).isEqualTo(total.evicted);
        assertThat(stats.stale()).isEqualTo(total.stale).isPositive();
        assertThat(total.refused + total.evicted).isPositive();
        stash.clear();
        assertThat(stash.stats().live()).isZero();
        assertThat(stash.stats().imbalance()).isZero();
    }

    private static final class Tally {
        long puts;
        long takes;
        long refused;
        long evicted;
        long stale;

        void add(Tally other) {
            puts += other.puts;
            takes += other.takes;
            refused += other.refused;
            evicted += other.evicted;
            stale += other.stale;
        }

        void count(ArgStash.Put put) {
            switch (put) {
                case STORED -> puts++;
                case REFUSED -> refused++;
                case EVICTED -> {
                    puts++;
                    evicted++;
                }
                case REPLACED -> {
                    puts++;
                    stale++;
                }
            }
        }
    }

    /** Each entry repeats its thread's key, so a torn or mixed-up entry shows. */
    private record Reader(ArgStash stash, int number) implements Callable<Tally> {

        @Override
        public Tally call() {
            Tally mine = new Tally();
            Random random = new Random(number);
            ByteBuffer bytes = ByteBuffer.allocate(ENTRY_LONGS * Long.BYTES);
            for (int i = 0; i < CALLS; i++) {
                long thread = random.nextInt(THREADS);
                long start = random.nextInt(8) == 0 ? 1 : 0;
                if (random.nextBoolean()) {
                    int longs = 1 + random.nextInt(ENTRY_LONGS);
                    bytes.clear();
                    for (int j = 0; j < longs; j++) {
                        bytes.putLong(key(thread, start));
                    }
                    mine.count(stash.put(thread, start, 0, bytes.flip()));
                } else {
                    int length = stash.take(thread, start, 0, bytes.clear());
                    if (length == ArgStash.STALE) {
                        mine.stale++;
                    } else if (length >= 0) {
                        mine.takes++;
                        check(bytes.flip(), key(thread, start));
                    }
                }
            }
            return mine;
        }

        private static long key(long thread, long start) {
            return thread << 1 | start;
        }

        private static void check(ByteBuffer bytes, long key) {
            assertThat(bytes.hasRemaining()).isTrue();
            while (bytes.hasRemaining()) {
                if (bytes.getLong() != key) {
                    throw new AssertionError("an entry of another thread, or a torn one");
                }
            }
        }
    }
}
