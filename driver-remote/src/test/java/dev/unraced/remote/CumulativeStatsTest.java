// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.CallerLosses;
import dev.unraced.protocol.StatsCodec;
import dev.unraced.protocol.v1.Stats;
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
    void lossesByCallerOfAServerThatIsGoneStay() {
        CumulativeStats cumulative = new CumulativeStats();
        cumulative.fold(stats(ROOT), 0, Stats.getDefaultInstance());

        assertThat(cumulative.total(stats(NOBODY, ROOT), 0, 0).heaviest())
                .containsExactly(new CallerLosses(0, 1, 10), NOBODY);
    }
}
