// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

import java.time.Duration;

/**
 * A machine and its calls. Immutable. Two runs of the same scenario see the same calls at the same times, whatever
 * stash they run against.
 *
 * @param name the scenario's name
 * @param threads how many there are at any time, without those of an attack; 1 to some 4 million
 * @param callsPerSecond watched calls of all threads together, at random times (Poisson) by threads outside of calls
 * @param latency the time that calls take
 * @param churn the ends and starts of threads
 * @param missedEnters the share of calls whose enter the observer does not see, such as when the kernel does not run
 *     the program
 * @param attack threads that fill the stash
 * @param duration virtual time from the first call on, 1 s to 365 days
 * @param seed decides every random choice
 */
public record ScaleScenario(
        String name,
        int threads,
        double callsPerSecond,
        LatencyModel latency,
        Churn churn,
        double missedEnters,
        Attack attack,
        Duration duration,
        long seed) {

    /** Checks the values. */
    public ScaleScenario {
        Checks.range("the number of threads", threads, 1, Churn.MOST_IDS - IdSpace.RESERVED);
        Checks.positive("the calls per second", callsPerSecond);
        if (callsPerSecond > 100_000_000) {
            throw new IllegalArgumentException("the calls per second must be 100000000 at most, not " + callsPerSecond);
        }
        Checks.share("the share of missed enters", missedEnters);
        Checks.range("the duration", duration, Duration.ofSeconds(1), Duration.ofDays(365));
        long needed = (long) threads + attack.threads() + IdSpace.RESERVED;
        if (needed > churn.ids()) {
            throw new IllegalArgumentException("there are " + churn.ids() + " thread ids, but " + needed
                    + " are needed: " + IdSpace.RESERVED + " reserved, " + threads + " for threads, "
                    + attack.threads() + " for the attack");
        }
    }

    /** Returns a builder of 1,000 threads that make 1,000 calls per second, all fast, for a minute. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder with this scenario's values. */
    public Builder toBuilder() {
        return new Builder()
                .name(name)
                .threads(threads)
                .callsPerSecond(callsPerSecond)
                .latency(latency)
                .churn(churn)
                .missedEnters(missedEnters)
                .attack(attack)
                .duration(duration)
                .seed(seed);
    }

    /** Builds scenarios. Not thread-safe. */
    public static final class Builder {
        private String name = "custom";
        private int threads = 1000;
        private double callsPerSecond = 1000;
        private LatencyModel latency = LatencyModel.Mixture.of(Duration.ofNanos(6000), 0, Duration.ofSeconds(1), 1.5);
        private Churn churn = new Churn(Duration.ofMinutes(10), 0, 1, Churn.MOST_IDS);
        private double missedEnters;
        private Attack attack = Attack.NONE;
        private Duration duration = Duration.ofMinutes(1);
        private long seed = 1;

        private Builder() {}

        /** See {@link ScaleScenario#name}. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** See {@link ScaleScenario#threads}. */
        public Builder threads(int value) {
            threads = value;
            return this;
        }

        /** See {@link ScaleScenario#callsPerSecond}. */
        public Builder callsPerSecond(double value) {
            callsPerSecond = value;
            return this;
        }

        /** See {@link ScaleScenario#latency}. */
        public Builder latency(LatencyModel value) {
            latency = value;
            return this;
        }

        /** See {@link ScaleScenario#churn}. */
        public Builder churn(Churn value) {
            churn = value;
            return this;
        }

        /** See {@link ScaleScenario#missedEnters}. */
        public Builder missedEnters(double value) {
            missedEnters = value;
            return this;
        }

        /** See {@link ScaleScenario#attack}. */
        public Builder attack(Attack value) {
            attack = value;
            return this;
        }

        /** See {@link ScaleScenario#duration}. */
        public Builder duration(Duration value) {
            duration = value;
            return this;
        }

        /** See {@link ScaleScenario#seed}. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /**
         * Builds the scenario.
         *
         * @throws IllegalArgumentException when a value is out of range; the message names the range
         */
        public ScaleScenario build() {
            return new ScaleScenario(
                    name, threads, callsPerSecond, latency, churn, missedEnters, attack, duration, seed);
        }
    }
}
