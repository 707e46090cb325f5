// SPDX-License-Identifier: Apache-2.0
package dev.unraced.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.CallerLosses;
import dev.unraced.protocol.v1.Stats;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatsCodecTest {
    private static final CallerLosses NOBODY = new CallerLosses(4_294_967_294L, 1L << 40, 9);
    private static final CallerLosses ROOT = new CallerLosses(0, 1, 5);

    @Test
    void lossesByCallerTravelAsTheyAre() {
        Stats message = Stats.newBuilder()
                .addAllHeaviest(StatsCodec.encode(List.of(NOBODY, ROOT)))
                .build();

        assertThat(StatsCodec.callers(message.getHeaviestList())).containsExactly(NOBODY, ROOT);
    }
}
