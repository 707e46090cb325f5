// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class WallClockTest {
    private Instant now = Instant.ofEpochSecond(1_000);
    private final WallClock clock = new WallClock(() -> now);

    @Test
    void theFastestEventOfTheFirstSecondSetsTheOffset() {
        arrive(100, 5_000);
        arrive(200, 1_000);
        arrive(300, 9_000);

        assertThat(clock.epochNanos(0)).isEqualTo(1_000);
    }

    @Test
    void afterASecondTheOffsetStays() {
        arrive(100, 5_000);
        arrive(1_000_000_200, -70_000);

        assertThat(clock.epochNanos(0)).isEqualTo(5_000);
    }

    private void arrive(long bootNanos, long offset) {
        now = Instant.ofEpochSecond(0, bootNanos + offset);
        clock.arrived(bootNanos);
    }
}
