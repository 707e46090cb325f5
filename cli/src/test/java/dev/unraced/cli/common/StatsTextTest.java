// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.CallerLosses;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.LossReason;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatsTextTest {
    private static CaptureStats stats(CallerLosses... heaviest) {
        return CaptureStats.builder()
                .returned(100)
                .delivered(60)
                .lost(Map.of(LossReason.RING_FULL, 10L, LossReason.RATE_LIMITED, 30L))
                .heaviest(List.of(heaviest))
                .build();
    }

    @Test
    void whoLostEventsIsNamedAndTheRestCountedTogether() {
        assertThat(StatsText.losers(stats(new CallerLosses(1000, 7, 25), new CallerLosses(0, 1, 3))))
                .isEqualTo("""
                        unraced: whose events the source lost:
                          user 1000, cgroup 7: 25
                          user 0, cgroup 1: 3
                          others: 12""");
        assertThat(StatsText.losers(stats(new CallerLosses(1000, 7, 40)))).isEqualTo("""
                        unraced: whose events the source lost:
                          user 1000, cgroup 7: 40""");
    }

    @Test
    void whereNobodyCountsNothingIsSaid() {
        assertThat(StatsText.losers(stats())).isEmpty();
    }
}
