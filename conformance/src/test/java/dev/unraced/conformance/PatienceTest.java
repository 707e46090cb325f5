// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.driver.Driver;
import dev.unraced.event.Mitigation;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PatienceTest {

    @Test
    void aDriverSaysHowLongItIsWaitedFor() {
        DriverUnderTest impatient = new DiscoveredDriver(new Silent(1), Optional.empty(), Duration.ofMillis(50));
        ConformanceReport report = ConformanceRunner.run(impatient, RulePattern.of("R1.2,R15.1,R15.3"), result -> {});
        assertThat(report.results())
                .filteredOn(result -> result.rule().startsWith("R1.2 "))
                .singleElement()
                .satisfies(result -> assertThat(result.reason())
                        .startsWith(
                                "R8.1: the accounts do not come to rest: 1 event missing: returned 1, but delivered 0")
                        .endsWith(", after 50 ms"));
        assertThat(report.count(RuleResult.Status.BROKEN)).isEqualTo(3);
    }

    @Test
    void afterSomeWaitsInVainTheNextOnesAreShorterAndSaySo() {
        DriverUnderTest silent = new DiscoveredDriver(new Silent(1), Optional.empty(), Duration.ofMillis(1_200));
        ConformanceReport report = ConformanceRunner.run(silent, RulePattern.of("R1.1,R1.2,R15.1,R15.3"), result -> {});
        assertThat(report.results())
                .extracting(RuleResult::reason)
                .anyMatch(reason -> reason.endsWith("after 1200 ms"))
                .anyMatch(reason -> reason.endsWith("after 1000 ms, not 1200, since 3 waits before were in vain"));
    }

    @Test
    void aRuleWhoseWaitWasInVainDoesNotWaitAgainAtItsEnd() {
        DriverUnderTest silent = new DiscoveredDriver(new Silent(1), Optional.empty(), Duration.ofMillis(900));
        ConformanceReport report = ConformanceRunner.run(silent, RulePattern.of("R1.2"), result -> {});
        assertThat(report.results())
                .filteredOn(result -> result.rule().startsWith("R1.2 "))
                .singleElement()
                .satisfies(result -> assertThat(result.took()).isLessThan(Duration.ofMillis(1_800)));
    }

    @Test
    void aRunThatIsStoppedReportsWhatItJudgedBefore() {
        DriverUnderTest silent = new DiscoveredDriver(new Silent(1), Optional.empty(), Duration.ofMillis(50));
        StopRequest stop = new StopRequest();
        ConformanceReport report =
                ConformanceRunner.run(silent, RulePattern.of("R1.*"), result -> stop.request(), stop);
        assertThat(report.results()).hasSize(1).isEqualTo(stop.judged());
        assertThat(Thread.interrupted()).as("interrupted after the run").isFalse();
    }

    @Test
    void aDriverWhoseAccountsBalanceWithoutAnEventIsToldThatItsStatisticsAreABarrier() {
        DriverUnderTest early = new DiscoveredDriver(new Silent(0), Optional.empty(), Duration.ofMillis(50));
        ConformanceReport report = ConformanceRunner.run(early, RulePattern.of("R1.2"), result -> {});
        assertThat(report.results())
                .filteredOn(result -> result.rule().startsWith("R1.2 "))
                .singleElement()
                .satisfies(result -> assertThat(result.reason())
                        .startsWith("R1.1: no event of a call that returned, OPENAT, though the statistics balance")
                        .contains("does it watch the kit's actor?")
                        .endsWith("A capture whose stats() answers before it has counted each call that returned looks"
                                + " like this, too (R8.1)"));
    }

    /** A driver whose captures count returned calls, and never deliver their events. */
    private record Silent(long returned) implements Driver {
        @Override
        public String name() {
            return "silent";
        }

        @Override
        public Availability availability(CaptureConfig config) {
            return new Availability.Available();
        }

        @Override
        public Capabilities capabilities() {
            return Capabilities.complete();
        }

        @Override
        public Capture open(CaptureConfig config) {
            return new SilentCapture(returned);
        }
    }

    private static final class SilentCapture implements Capture {
        private final long returned;
        private volatile boolean open = true;

        SilentCapture(long returned) {
            this.returned = returned;
        }

        @Override
        public String driver() {
            return "silent";
        }

        @Override
        public Capabilities capabilities() {
            return Capabilities.complete();
        }

        @Override
        public int poll(EventHandler handler, int limit) {
            return 0;
        }

        @Override
        public int await(EventHandler handler, int limit, long timeoutNanos) {
            return 0;
        }

        @Override
        public void consume(EventHandler handler) {
            while (open) {
                Thread.onSpinWait();
            }
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public Mitigation mitigation() {
            return Mitigation.STASH;
        }

        @Override
        public void switchTo(Mitigation mode) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean enterEvents() {
            return false;
        }

        @Override
        public void publishEnterEvents(boolean publish) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CaptureStats stats() {
            return CaptureStats.builder().returned(returned).build();
        }

        @Override
        public void close() {
            open = false;
        }
    }
}
