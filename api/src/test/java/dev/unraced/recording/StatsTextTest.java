// SPDX-License-Identifier: Apache-2.0
package dev.unraced.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.FilterReason;
import dev.unraced.capture.LossReason;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatsTextTest {
    private final Map<String, String> fields = StatsText.encode(Recordings.STATS);

    @Test
    void whatIsWrittenIsReadAgain() {
        assertThat(StatsText.decode(fields)).isEqualTo(Recordings.STATS);
    }

    @Test
    void reasonsOfALaterVersionCountUnderOthersAndKeepTheBalance() {
        fields.put("returned", "33");
        fields.put("lost.SOURCE_DROPPED", "4");
        fields.put("lost.COSMIC_RAY", "8");
        fields.put("filtered.MOON", "11");

        CaptureStats stats = StatsText.decode(fields);
        assertThat(stats.lost()).isEqualTo(Map.of(LossReason.RING_FULL, 2L, LossReason.SOURCE_DROPPED, 12L));
        assertThat(stats.filtered()).isEqualTo(Map.of(FilterReason.SELF, 1L, FilterReason.RESULT, 11L));
        assertThat(stats.imbalance()).isEqualTo(Recordings.STATS.imbalance());
    }

    @Test
    void whatIsNoNumberIsDamaged() {
        fields.put("lost.COSMIC_RAY", "many");
        assertThatIllegalArgumentException().isThrownBy(() -> StatsText.decode(fields));
    }
}
