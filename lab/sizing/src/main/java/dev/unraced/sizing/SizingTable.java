// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

import dev.unraced.stash.StashPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * Tries stashes of several sizes in one scenario. Immutable.
 *
 * @param scenario the scenario for the stashes
 * @param policies at least one
 * @param sizes entries, at least one size, each 1 to {@link #LARGEST}
 * @param latencyTimes factors by which the calls take longer than in the scenario; at least one, each above 0
 * @param wantedLoss the share of events without their enter that is acceptable, 0 to 1
 */
public record SizingTable(
        ScaleScenario scenario,
        List<StashPolicy> policies,
        List<Integer> sizes,
        List<Double> latencyTimes,
        double wantedLoss) {
    /** The powers of two from 64 to 65536. */
    public static final List<Integer> LADDER =
            IntStream.rangeClosed(6, 16).mapToObj(bits -> 1 << bits).toList();

    /** The largest value of {@code unraced.stash.entries}. */
    public static final int LARGEST = 1 << 20;

    /** The fewest threads of the attack that a scenario without one is tried with, if there are enough ids. */
    private static final int ATTACKERS = 20_000;

    /** Sorts the sizes, and drops duplicates. */
    public SizingTable {
        policies = policies.stream().distinct().toList();
        sizes = sizes.stream().sorted().distinct().toList();
        latencyTimes = latencyTimes.stream().distinct().toList();
        if (policies.isEmpty() || sizes.isEmpty() || latencyTimes.isEmpty()) {
            throw new IllegalArgumentException("a table needs a policy, a size and a latency");
        }
        sizes.forEach(size -> Checks.range("a size", size, 1, LARGEST));
        latencyTimes.forEach(times -> Checks.positive("a latency's factor", times));
        Checks.share("the wanted loss", wantedLoss);
    }

    /**
     * Tries all stashes, several policies and latencies at the same time. This takes seconds to hours, and some 36
     * bytes per thread and processor.
     *
     * @param progress called with the number of calls since the last time; several threads call it
     */
    public Sizing run(LongConsumer progress) {
        List<Series> done = policies.stream()
                .flatMap(policy -> latencyTimes.stream().map(times -> new Series(policy, times)))
                .parallel()
                .map(series -> series.run(progress))
                .toList();
        return new Sizing(
                scenario,
                wantedLoss,
                done.stream().flatMap(series -> series.rows.stream()).toList(),
                done.stream().flatMap(series -> series.advice.stream()).toList());
    }

    /** The sizes under one policy and one latency. */
    private final class Series {
        private final StashPolicy policy;
        private final double times;
        private final ScaleScenario slowed;
        private final List<SizingRow> rows = new ArrayList<>();
        private final List<Advice> advice = new ArrayList<>();

        Series(StashPolicy policy, double times) {
            this.policy = policy;
            this.times = times;
            slowed = scenario.toBuilder()
                    .latency(scenario.latency().times(times))
                    .build();
        }

        Series run(LongConsumer progress) {
            for (int size : sizes) {
                ScaleResult last = rows.isEmpty() ? null : lastResult();
                // A larger stash has the same result as one that was never full, since the calls are the same.
                ScaleResult result = last != null && last.neverFull()
                        ? last.withEntries(size)
                        : ScaleSimulation.run(slowed, policy, size, progress);
                rows.add(new SizingRow(times, result));
            }
            advice.add(advise(progress));
            return this;
        }

        private Advice advise(LongConsumer progress) {
            ScaleResult chosen = rows.stream()
                    .map(SizingRow::result)
                    .filter(result -> result.events().loss() <= wantedLoss)
                    .findFirst()
                    .orElse(lastResult());
            boolean enough = chosen.events().loss() <= wantedLoss;
            if (slowed.attack().isReal()) {
                return new Advice(policy, times, enough, chosen.entries(), slowed.attack(), chosen);
            }
            ScaleScenario attacked = attacked(chosen.entries());
            ScaleResult result = ScaleSimulation.run(attacked, policy, chosen.entries(), progress);
            return new Advice(policy, times, enough, chosen.entries(), attacked.attack(), result);
        }

        private ScaleResult lastResult() {
            return rows.get(rows.size() - 1).result();
        }

        /**
         * Returns the scenario with an attack: enough threads to fill the stash twice, if there are ids, evenly from
         * the first quarter of the time to its end.
         */
        private ScaleScenario attacked(int entries) {
            double seconds = slowed.duration().toNanos() / 1e9 * 3 / 4;
            int free = slowed.churn().ids() - slowed.threads() - IdSpace.RESERVED;
            int threads = Math.min(Math.max(ATTACKERS, 2 * entries), free);
            Attack attack = new Attack(threads, slowed.duration().dividedBy(4), Math.max(1, threads) / seconds);
            return slowed.toBuilder().attack(attack).build();
        }
    }
}
