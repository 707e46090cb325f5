// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.unraced.sizing.LatencyModel.Exponential;
import dev.unraced.sizing.LatencyModel.Mixture;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyModelTest {
    private static final Mixture MIXTURE = new Mixture(6_000, 1, 0.01, 1e9, 3, 5e9);

    @Test
    void drawsHaveTheMeanThatTheModelSays() {
        assertThat(mean(new Exponential(1e6))).isCloseTo(1e6, withinPercentage(1));
        assertThat(mean(MIXTURE)).isCloseTo(MIXTURE.meanNanos(), withinPercentage(2));
        assertThat(mean(MIXTURE.withBlocked(0)))
                .isCloseTo(MIXTURE.withBlocked(0).meanNanos(), withinPercentage(1));
    }

    @Test
    void blockedCallsStayWithinTheirBounds() {
        assertThat(draws(MIXTURE.withBlocked(1)).summaryStatistics())
                .satisfies(
                        drawn -> assertThat(drawn.getMin()).isBetween(1_000_000_000L, 1_001_000_000L),
                        drawn -> assertThat(drawn.getMax()).isEqualTo(5_000_000_000L));
    }

    @Test
    void aFactorStretchesTheMean() {
        assertThat(MIXTURE.times(10).meanNanos()).isCloseTo(10 * MIXTURE.meanNanos(), withinPercentage(0.001));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
    void aShareIsFromZeroToOne(double share) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MIXTURE.withBlocked(share))
                .withMessageContaining("share of calls that block")
                .withMessageContaining(String.valueOf(share));
    }

    private static double mean(LatencyModel model) {
        return draws(model).average().orElseThrow();
    }

    private static LongStream draws(LatencyModel model) {
        SplittableRandom random = new SplittableRandom(1);
        return LongStream.generate(() -> model.draw(random)).limit(1_000_000);
    }
}
