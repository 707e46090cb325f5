// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.unraced.capture.StashStats;
import dev.unraced.sizing.LatencyModel.Exponential;
import dev.unraced.sizing.LatencyModel.Mixture;
import dev.unraced.stash.ArgStash;
import dev.unraced.stash.StashPolicy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ScaleSimulationTest {
    /**
     * A scenario with few ids, short lives, and many deaths and enters that are not seen: entries outlive their
     * threads.
     */
    private static final ScaleScenario REUSE = ScaleScenario.builder()
            .threads(60)
            .callsPerSecond(2_000)
            .latency(new Exponential(10e6))
            .churn(new Churn(Duration.ofSeconds(1), 0.5, 0.3, 400))
            .missedEnters(0.2)
            .duration(Duration.ofMinutes(5))
            .build();

    @ParameterizedTest
    @CsvSource({"HASH, 1", "HASH, 64", "HASH, 4096", "LRU, 1", "LRU, 64", "LRU, 4096"})
    void everyCallIsAccountedFor(StashPolicy policy, int entries) {
        for (Preset preset : Preset.values()) {
            ScaleScenario scenario = preset.scenario().toBuilder()
                    .churn(new Churn(Duration.ofSeconds(30), 0.1, 0.9, Churn.MOST_IDS))
                    .duration(Duration.ofSeconds(20))
                    .build();
            ScaleResult result = run(scenario, policy, entries);

            assertThat(result.calls())
                    .as(preset.label())
                    .isEqualTo(result.events().returned() + result.killed() + result.running());
            StashStats stats = result.stats();
            assertThat(stats.imbalance()).isZero();
            assertThat(stats.takes()).isEqualTo(result.events().complete());
            assertThat(stats.puts() + stats.refused()).isEqualTo(result.calls());
            assertThat(stats.live()).isLessThanOrEqualTo(result.highWater());
            assertThat(result.highWater()).isLessThanOrEqualTo(entries);
        }
    }

    @Test
    void theSameSeedGivesTheSameResult() {
        ScaleScenario scenario = quick(Preset.SERVER);

        assertThat(run(scenario, StashPolicy.LRU, 64)).isEqualTo(run(scenario, StashPolicy.LRU, 64));
        assertThat(run(scenario.toBuilder().seed(2).build(), StashPolicy.LRU, 64))
                .isNotEqualTo(run(scenario, StashPolicy.LRU, 64));
    }

    @Test
    void theCallsAreTheSameWhateverTheStash() {
        ScaleResult small = run(quick(Preset.SERVER), StashPolicy.HASH, 8);
        ScaleResult large = run(quick(Preset.SERVER), StashPolicy.LRU, 1024);

        assertThat(small.calls()).isEqualTo(large.calls());
        assertThat(small.events().returned()).isEqualTo(large.events().returned());
        assertThat(small.slow().returned()).isEqualTo(large.slow().returned());
        assertThat(small.events().refused()).isPositive();
        assertThat(large.events().lost()).isZero();
    }

    @Test
    void callsInProgressFollowLittlesLaw() {
        ScaleScenario exponential = ScaleScenario.builder()
                .threads(20_000)
                .callsPerSecond(2_000)
                .latency(new Exponential(50e6))
                .duration(Duration.ofMinutes(10))
                .build();
        Mixture mixture = new Mixture(6_000, 1, 0.01, 1e9, 3, 1e12);
        ScaleScenario mixed = exponential.toBuilder().latency(mixture).build();

        assertThat(run(exponential, StashPolicy.HASH, 4096).meanLive()).isCloseTo(100, withinPercentage(1));
        assertThat(run(mixed, StashPolicy.HASH, 4096).meanLive())
                .isCloseTo(2_000 * mixture.meanNanos() / 1e9, withinPercentage(4));
    }

    @ParameterizedTest
    @CsvSource({"20, 18", "10, 5", "64, 60"})
    void aHashStashLosesWhatErlangsFormulaSays(int entries, int load) {
        ScaleScenario scenario = ScaleScenario.builder()
                .threads(50_000)
                .callsPerSecond(100.0 * load)
                .latency(new Exponential(10e6))
                .duration(Duration.ofMinutes(15))
                .build();

        ScaleResult result = run(scenario, StashPolicy.HASH, entries);

        assertThat((double) result.stats().refused() / result.calls())
                .isCloseTo(erlangB(entries, load), withinPercentage(3));
    }

    @Test
    void noThreadIsGivenAnEntryOfAnEarlierOneWithItsId() {
        for (StashPolicy policy : StashPolicy.values()) {
            ScaleResult result = run(REUSE, policy, 50);

            assertThat(result.events().stale())
                    .as("takes that met another's entry")
                    .isPositive();
            assertThat(result.stats().reclaimed()).isPositive();
            assertThat(result.events().complete()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(StashPolicy.class)
    void aStashThatIgnoresTheStartOfThreadsIsCaught(StashPolicy policy) {
        ArgStash forgetful = new ForgetfulStash(policy.newStash(50, Observer.ENTRY_BYTES));

        assertThatIllegalStateException()
                .isThrownBy(() -> ScaleSimulation.run(REUSE, policy, forgetful, calls -> {}))
                .withMessageContaining("was given the entry of call");
    }

    @Test
    void deathsThatNobodySeesFillAHashStashForGood() {
        ScaleScenario seen = ScaleScenario.builder()
                .latency(new Exponential(1e6))
                .churn(new Churn(Duration.ofSeconds(10), 0.1, 1, Churn.MOST_IDS))
                .duration(Duration.ofSeconds(100))
                .build();
        ScaleScenario unseen = seen.toBuilder()
                .churn(new Churn(Duration.ofSeconds(10), 0.1, 0, Churn.MOST_IDS))
                .build();

        assertThat(run(seen, StashPolicy.HASH, 64).events().lost()).isZero();
        assertThat(run(unseen, StashPolicy.HASH, 64).events().loss()).isGreaterThan(0.5);
        assertThat(run(unseen, StashPolicy.LRU, 64).events().lost()).isZero();
    }

    @Test
    void anAttackShutsNewcomersOutOfAHashStashForEver() {
        ScaleResult result = run(Preset.STASH_ATTACK.scenario(), StashPolicy.HASH, 1024);

        // The attack fills 1,024 entries some 10 s after its start, and 25 minutes follow.
        assertThat(result.attacked().loss()).isGreaterThan(0.99);
        assertThat(result.events().minus(result.attacked()).lost()).isZero();
        assertThat(result.stats().evicted()).isZero();
    }

    @Test
    void anAttackCostsAnLruStashOnlyTheCallsThatBlock() {
        ScaleResult result = run(Preset.STASH_ATTACK.scenario(), StashPolicy.LRU, 256);

        assertThat(result.slow().lost()).isPositive().isEqualTo(result.events().lost());
        assertThat(result.attacked().loss()).isLessThan(0.001);
        assertThat(result.stats().refused()).isZero();
    }

    @Test
    void aMillionThreadsCanAllBeInACall() {
        ScaleScenario scenario = ScaleScenario.builder()
                .threads(1_000_000)
                .callsPerSecond(1_000_000)
                .latency(Mixture.of(Duration.ofSeconds(1), 1, Duration.ofHours(1), 1.5))
                .duration(Duration.ofSeconds(3))
                .build();
        AtomicLong told = new AtomicLong();

        ScaleResult result = ScaleSimulation.run(scenario, StashPolicy.HASH, SizingTable.LARGEST, told::addAndGet);

        assertThat(result.highWater()).isEqualTo(1_000_000);
        assertThat(result.running()).isEqualTo(1_000_000);
        assertThat(told).hasValue(result.calls());
    }

    private static ScaleScenario quick(Preset preset) {
        return preset.scenario().toBuilder().duration(Duration.ofSeconds(30)).build();
    }

    private static ScaleResult run(ScaleScenario scenario, StashPolicy policy, int entries) {
        return ScaleSimulation.run(scenario, policy, entries, calls -> {});
    }

    /** Returns the share of calls that find all lines busy, by Erlang's recursion. */
    private static double erlangB(int lines, double load) {
        double blocked = 1;
        for (int n = 1; n <= lines; n++) {
            blocked = load * blocked / (n + load * blocked);
        }
        return blocked;
    }

    /** A stash that breaks rule 4 of the specification: it gives an entry to any thread of the same id. */
    private record ForgetfulStash(ArgStash stash) implements ArgStash {
        @Override
        public Put put(long thread, long startNanos, int call, ByteBuffer bytes) {
            return stash.put(thread, 0, call, bytes);
        }

        @Override
        public int take(long thread, long startNanos, int call, ByteBuffer target) {
            return stash.take(thread, 0, call, target);
        }

        @Override
        public boolean discard(long thread) {
            return stash.discard(thread);
        }

        @Override
        public void clear() {
            stash.clear();
        }

        @Override
        public int capacity() {
            return stash.capacity();
        }

        @Override
        public int entryBytes() {
            return stash.entryBytes();
        }

        @Override
        public StashStats stats() {
            return stash.stats();
        }
    }
}
