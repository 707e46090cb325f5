// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** The time that calls take. Immutable and thread-safe. */
public sealed interface LatencyModel {

    /** Draws the time of one call, in nanoseconds. */
    long draw(RandomGenerator random);

    /** The mean time of a call, in nanoseconds. */
    double meanNanos();

    /** Returns the same model with every call this many times as long. */
    LatencyModel times(double factor);

    /**
     * A memoryless model, for comparison with queueing theory.
     *
     * @param meanNanos the mean, above 0
     */
    record Exponential(double meanNanos) implements LatencyModel {
        public Exponential {
            Checks.positive("the mean latency", meanNanos);
        }

        @Override
        public long draw(RandomGenerator random) {
            return (long) (random.nextExponential() * meanNanos + 0.5);
        }

        @Override
        public Exponential times(double factor) {
            return new Exponential(meanNanos * factor);
        }
    }

    /**
     * A model with calls of two kinds. Most calls find their objects in memory: their times are log-normal. Some calls
     * block, in a FIFO without a writer, a network file system or a connect to a dead host. Their times are a Pareto
     * distribution, whose tail is heavy, up to a limit.
     *
     * @param fastMedianNanos the median of calls that do not block, above 0
     * @param fastSigma their scatter: the standard deviation of the logarithm, 0 or more
     * @param blocked the share of calls that block, 0 to 1
     * @param blockedLeastNanos the shortest of them, above 0
     * @param blockedShape the exponent of their tail; above 1, and the closer to 1, the heavier
     * @param blockedMostNanos the longest of them
     */
    record Mixture(
            double fastMedianNanos,
            double fastSigma,
            double blocked,
            double blockedLeastNanos,
            double blockedShape,
            double blockedMostNanos)
            implements LatencyModel {
        public Mixture {
            Checks.positive("the median latency", fastMedianNanos);
            Checks.share("the share of calls that block", blocked);
            Checks.positive("the shortest blocked call", blockedLeastNanos);
            if (!(fastSigma >= 0 && fastSigma <= 5)) {
                throw new IllegalArgumentException("the scatter of fast calls must be 0 to 5, not " + fastSigma);
            }
            if (!(blockedShape > 1)) {
                throw new IllegalArgumentException("the shape of blocked calls must be above 1, not " + blockedShape);
            }
            if (!(blockedMostNanos >= blockedLeastNanos)) {
                throw new IllegalArgumentException("the longest blocked call is shorter than the shortest");
            }
        }

        /**
         * Returns a mixture whose fast calls scatter by 1 (most within a factor of 7), and whose blocked calls end in a
         * day.
         */
        public static Mixture of(Duration fastMedian, double blocked, Duration blockedLeast, double blockedShape) {
            return new Mixture(
                    fastMedian.toNanos(),
                    1,
                    blocked,
                    blockedLeast.toNanos(),
                    blockedShape,
                    Math.max(blockedLeast.toNanos(), Duration.ofDays(1).toNanos()));
        }

        /** Returns the same model with another share of calls that block. */
        public Mixture withBlocked(double share) {
            return new Mixture(fastMedianNanos, fastSigma, share, blockedLeastNanos, blockedShape, blockedMostNanos);
        }

        @Override
        public long draw(RandomGenerator random) {
            if (random.nextDouble() < blocked) {
                double pareto = blockedLeastNanos * Math.pow(1 - random.nextDouble(), -1 / blockedShape);
                return (long) Math.min(pareto, blockedMostNanos);
            }
            return (long) (fastMedianNanos * Math.exp(fastSigma * random.nextGaussian()) + 0.5);
        }

        @Override
        public double meanNanos() {
            double fast = fastMedianNanos * Math.exp(fastSigma * fastSigma / 2);
            double beyond = Math.pow(blockedLeastNanos / blockedMostNanos, blockedShape - 1);
            double slow = blockedLeastNanos * (blockedShape - beyond) / (blockedShape - 1);
            return (1 - blocked) * fast + blocked * slow;
        }

        @Override
        public Mixture times(double factor) {
            Checks.positive("the factor", factor);
            return new Mixture(
                    fastMedianNanos * factor,
                    fastSigma,
                    blocked,
                    blockedLeastNanos * factor,
                    blockedShape,
                    blockedMostNanos * factor);
        }
    }
}
