// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.CallerLosses;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CallerLedgerTest {
    private final CallerLedger ledger = new CallerLedger();

    @Test
    void theHeaviestComeFirst() {
        add(1, 10, 3);
        add(2, 10, 5);
        add(2, 11, 4);

        assertThat(ledger.heaviest())
                .containsExactly(new CallerLosses(2, 10, 5), new CallerLosses(2, 11, 4), new CallerLosses(1, 10, 3));
    }

    @Test
    void noMoreAreNamedThanTheStatisticsHaveRoomFor() {
        LongStream.rangeClosed(1, 100).forEach(uid -> add(uid, 1, 1));

        assertThat(ledger.heaviest()).hasSize(CallerLosses.MOST);
    }

    @Test
    void aCallerThatComesLateAndLosesTheMostIsNamed() {
        add(1, 1, 10_000);
        LongStream.rangeClosed(2, 1_000).forEach(uid -> add(uid, 1, 3));
        add(5_000, 1, 2_000);
        LongStream.rangeClosed(2, 1_000).forEach(uid -> add(uid, 1, 3));

        List<CallerLosses> heaviest = ledger.heaviest();
        assertThat(heaviest.get(0)).isEqualTo(new CallerLosses(1, 1, 10_000));
        assertThat(heaviest.get(1).uid()).isEqualTo(5_000);
        assertThat(heaviest.get(1).lost()).isBetween(1_900L, 2_000L);
    }

    private void add(long uid, long cgroup, int times) {
        IntStream.range(0, times).forEach(i -> ledger.add(uid, cgroup));
    }
}
