// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

import dev.unraced.sizing.LatencyModel.Mixture;
import java.time.Duration;
import java.util.Locale;

/**
 * Scenarios to start from. Their figures are assumptions, and their durations are chosen so that a table takes seconds.
 * Measure your own machine with {@code unraced watch}, and put its figures in.
 */
public enum Preset {
    /** One person's machine. */
    DESKTOP("1,500 threads of one person; 1 call in 1,000 blocks, for 1.5 s on average.") {
        @Override
        public ScaleScenario scenario() {
            return start().threads(1_500)
                    .callsPerSecond(500)
                    .latency(Mixture.of(MEDIAN, 0.001, Duration.ofMillis(500), 1.5))
                    .churn(new Churn(Duration.ofMinutes(5), 0.001, 1, Churn.MOST_IDS))
                    .duration(Duration.ofHours(1))
                    .build();
        }
    },

    /** A busy server. */
    SERVER("20,000 threads of a busy server; 1 call in 100 blocks (FIFOs, NFS, connects), for 2 s on average.") {
        @Override
        public ScaleScenario scenario() {
            return start().threads(20_000)
                    .callsPerSecond(5_000)
                    .latency(Mixture.of(MEDIAN, 0.01, Duration.ofMillis(667), 1.5))
                    .churn(new Churn(Duration.ofMinutes(10), 0.001, 1, Churn.MOST_IDS))
                    .duration(Duration.ofMinutes(15))
                    .build();
        }
    },

    /** A machine full of containers. */
    CONTAINER_HOST("200,000 short-lived threads in containers; 1 call in 100 blocks, for 4 s on average, with a heavier"
            + " tail; 1 end of a thread in 1,000 strikes a call, and 1 in 1,000 is not seen.") {
        @Override
        public ScaleScenario scenario() {
            return start().threads(200_000)
                    .callsPerSecond(20_000)
                    .latency(Mixture.of(MEDIAN, 0.01, Duration.ofSeconds(1), 1.33))
                    .churn(new Churn(Duration.ofSeconds(60), 0.001, 0.999, Churn.MOST_IDS))
                    .duration(Duration.ofMinutes(4))
                    .build();
        }
    },

    /** A server whose stash an attacker fills. */
    STASH_ATTACK("A server of 5,000 threads, where after 5 minutes somebody starts 20,000 threads, 100 a second, that"
            + " block in a call for ever.") {
        @Override
        public ScaleScenario scenario() {
            return start().threads(5_000)
                    .callsPerSecond(1_500)
                    .latency(Mixture.of(MEDIAN, 0.01, Duration.ofMillis(667), 1.5))
                    .churn(new Churn(Duration.ofMinutes(10), 0.001, 1, Churn.MOST_IDS))
                    .attack(new Attack(20_000, Duration.ofMinutes(5), 100))
                    .duration(Duration.ofMinutes(30))
                    .build();
        }
    };

    private static final Duration MEDIAN = Duration.ofNanos(6_000);

    private final String explanation;

    Preset(String explanation) {
        this.explanation = explanation;
    }

    /** The scenario with the preset's figures. */
    public abstract ScaleScenario scenario();

    /** The preset's name as a user types it, such as {@code container-host}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A description of the scenario in one line. */
    public String explanation() {
        return explanation;
    }

    final ScaleScenario.Builder start() {
        return ScaleScenario.builder().name(label());
    }
}
