// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class WallClockTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long DAY = 86_400 * SECOND;

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

    @Test
    void anotherBootOfTheMachineHasAnotherOffset() {
        arrive(DAY, 5_000);
        arrive(2 * DAY, 5_000);
        arrive(20 * SECOND, 3 * DAY);
        arrive(20 * SECOND + 1, 3 * DAY - 700);
        arrive(30 * SECOND, 3 * DAY - 900);

        assertThat(clock.epochNanos(0)).isEqualTo(3 * DAY - 700);
        arrive(DAY, 3 * DAY + 1);
        assertThat(clock.epochNanos(0)).isEqualTo(3 * DAY - 700);
    }

    @Test
    void eventsThatOvertakeOthersChangeNothing() {
        arrive(DAY, 5_000);
        arrive(DAY + 15 * SECOND, 5_000);
        arrive(DAY - 10 * SECOND, 9 * SECOND);

        assertThat(clock.epochNanos(0)).isEqualTo(5_000);
    }

    @Test
    void anUnknownTimeSetsNoOffset() {
        now = Instant.ofEpochSecond(0, 3 * DAY);
        clock.arrived(0);
        assertThat(clock.epochNanos(0)).as("when it arrived").isEqualTo(3 * DAY);

        arrive(DAY, 5_000);
        now = Instant.ofEpochSecond(0, 4 * DAY);
        clock.arrived(0);
        arrive(DAY + 1, 6_000);
        assertThat(clock.epochNanos(0)).isEqualTo(5_000);
    }

    @Test
    void aSandboxWithAWrongClockSpoilsTheTimesOfNoOther() {
        arrive(900 * DAY, -800 * DAY);
        arrive(DAY, 5_000);
        assertThat(clock.epochNanos(0)).as("after a time to come").isEqualTo(5_000);

        arrive(1, 100 * DAY);
        arrive(DAY + 1, 6_000);
        assertThat(clock.epochNanos(0)).as("after a time long ago").isEqualTo(6_000);
    }

    private void arrive(long bootNanos, long offset) {
        now = Instant.ofEpochSecond(0, bootNanos + offset);
        clock.arrived(bootNanos);
    }
}
