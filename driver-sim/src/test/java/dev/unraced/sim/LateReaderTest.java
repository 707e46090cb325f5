// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.DiscoveredDriver;
import dev.unraced.conformance.actor.Outcome;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.Job;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.subject.DriverUnderTest;
import java.time.Duration;
import java.util.AbstractList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The kit's part in a rule about a call that blocks: the end of the call. */
class LateReaderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final SimKernel kernel = SimKernel.create();
    private final DriverUnderTest under =
            new DiscoveredDriver(kernel.driver(), Optional.of(kernel.actorHost()), PATIENCE);

    @Test
    void aReaderThatReachesTheFifoAfterItsWriterReturnsToo() {
        try (Scenario scenario = new Scenario.Setup(under).open()) {
            scenario.makeFifo("fifo");
            assertThat(scenario.finishReaders("fifo", latecomers(scenario, 2)))
                    .extracting(Outcome::result)
                    .allMatch(result -> result >= 0);
            assertThat(scenario.awaitRest().delivered())
                    .as("the readers' opens, and one of the writer")
                    .isEqualTo(3);
        }
    }

    @Test
    void noWriterIsLeftForTheNextReader() {
        try (Scenario scenario = new Scenario.Setup(under).open()) {
            scenario.makeFifo("fifo");
            scenario.finishReader("fifo", scenario.block(read(scenario)));
            Job next = scenario.block(read(scenario));
            assertThat(scenario.capture().stats().stash().live()).isEqualTo(1);
            scenario.finishReader("fifo", next);
        }
    }

    /** Returns readers whose opens begin when the list is read, which is after the writer's open. */
    private static List<Job> latecomers(Scenario scenario, int count) {
        return new AbstractList<>() {
            @Override
            public Job get(int index) {
                return new Job(scenario.actor(), read(scenario), PATIENCE);
            }

            @Override
            public int size() {
                return count;
            }
        };
    }

    private static WatchedCall read(Scenario scenario) {
        return WatchedCall.openat(Pointer.to(scenario.scratch().bytes("fifo")), Linux.O_RDONLY, 0);
    }
}
