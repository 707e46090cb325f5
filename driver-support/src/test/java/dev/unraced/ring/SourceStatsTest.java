// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SourceStatsTest {
    private final AtomicInteger reads = new AtomicInteger();

    private SourceStats read(int calls) {
        return SourceStats.builder()
                .returned(Math.min(reads.incrementAndGet(), calls))
                .build();
    }

    @Test
    void statisticsAreReadAgainUntilNoCallReturnsInBetween() {
        assertThat(SourceStats.atRest(() -> read(2)).returned()).isEqualTo(2);
        assertThat(reads).hasValue(3);
    }

    @Test
    void aMachineThatNeverRestsGetsItsLastReading() {
        assertThat(SourceStats.atRest(() -> read(100)).returned()).isEqualTo(4);
        assertThat(reads).hasValue(4);
    }
}
