// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.CallerLosses;
import dev.unraced.capture.Gap;
import dev.unraced.protocol.StatsCodec;
import dev.unraced.protocol.v1.Stats;
import dev.unraced.remote.CumulativeStats.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;

class CumulativeStatsTest {
    private static final CallerLosses NOBODY = new CallerLosses(4_294_967_294L, 1L << 40, 9);
    private static final CallerLosses ROOT = new CallerLosses(0, 1, 5);

    private static Stats stats(CallerLosses... heaviest) {
        return Stats.newBuilder()
                .addAllHeaviest(StatsCodec.encode(List.of(heaviest)))
                .build();
    }

    @Test
    void aTimeThatCannotBeMakesAGapAllTheSame() {
        Stats before = Stats.newBuilder().setTimeNs(-7).build();
        Stats next = Stats.newBuilder().setTimeNs(-5).build();
        assertThat(new CumulativeStats().fold(before, 0, next)).isEqualTo(new Gap(0, 0));
        Stats early = Stats.newBuilder().setTimeNs(9).build();
        Stats late = Stats.newBuilder().setTimeNs(11).build();
        assertThat(new CumulativeStats().fold(early, 0, late)).isEqualTo(new Gap(9, 11));
        assertThat(new CumulativeStats().fold(late, 0, early))
                .as("the machine has booted again")
                .isEqualTo(new Gap(0, 9));
    }

    @Test
    void lossesByCallerOfAServerThatIsGoneStay() {
        CumulativeStats cumulative = new CumulativeStats();
        cumulative.fold(stats(ROOT), 0, Stats.getDefaultInstance());

        assertThat(cumulative.total(stats(NOBODY, ROOT), 0, 0, Connection.THERE).heaviest())
                .containsExactly(new CallerLosses(0, 1, 10), NOBODY);
    }
}
