// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.driver.Driver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DeadlineTest {
    private static final String ABOUT_PAGE_FAULTS =
            "A driver that faults pages in when it reads a caller's memory waits"
                    + " for as long as an attack (userfaultfd, fuse) holds them";
    private static final Duration SOON = Duration.ofMillis(20);

    @Test
    void aRuleThatHangsIsBroken() {
        assertThatThrownBy(() -> Deadline.within(SOON, () -> {
                    Thread.sleep(Long.MAX_VALUE);
                    return null;
                }))
                .isInstanceOf(TimeoutException.class)
                .hasMessageContaining("more than")
                .hasMessageContaining(ABOUT_PAGE_FAULTS)
                .satisfies(late -> assertThat(late.getSuppressed()).hasOnlyElementsOfType(InterruptedException.class));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void anActorThatEndsItselfBeforeTheDeadlineTellsTheLikelyCauseToo() {
        InputStream replies = new ByteArrayInputStream("ok tgid=7\nok\n".getBytes(StandardCharsets.US_ASCII));
        try (Actor actor = Actor.over(replies, OutputStream.nullOutputStream(), () -> {})) {
            assertThatThrownBy(() -> actor.ask(Command.of("race")))
                    .isInstanceOf(ActorException.class)
                    .hasMessageStartingWith("the actor ended after 0 s instead of answering to: race")
                    .hasMessageContaining("more than 120 s")
                    .hasMessageContaining(ABOUT_PAGE_FAULTS);
        }
    }

    @Test
    void anActorThatDoesNotAnswerTellsTheLikelyCauseToo() throws IOException {
        try (PipedInputStream replies = new PipedInputStream();
                PipedOutputStream source = new PipedOutputStream(replies)) {
            source.write("ok tgid=7\nok\n".getBytes(StandardCharsets.US_ASCII));
            source.flush();
            Actor actor = Actor.over(replies, OutputStream.nullOutputStream(), () -> {}, Duration.ofSeconds(2));
            assertThatThrownBy(() -> actor.ask(Command.of("race")))
                    .hasMessageStartingWith("no answer within 2000 ms to: race")
                    .hasMessageContaining(ABOUT_PAGE_FAULTS);
        }
    }

    @Test
    void aRuleThatSwallowsTheInterruptIsBrokenToo() {
        assertThatThrownBy(() -> Deadline.within(SOON, () -> {
                    while (!Thread.interrupted()) {
                        Thread.onSpinWait();
                    }
                    return null;
                }))
                .isInstanceOf(TimeoutException.class);
    }

    @Test
    void aRuleThatEndsInTimeIsLeftAlone() {
        assertThatCode(() -> Deadline.within(Duration.ofHours(1), () -> null)).doesNotThrowAnyException();
        IllegalStateException own = new IllegalStateException("its own");
        assertThatThrownBy(() -> Deadline.within(Duration.ofHours(1), () -> {
                    throw own;
                }))
                .isSameAs(own);
    }

    @Test
    void itGrowsWithPatienceAndStall() {
        assertThat(Deadline.limit(under(DriverUnderTest.USUAL_PATIENCE, DriverUnderTest.USUAL_STALL)))
                .isBetween(Duration.ofMinutes(3), Duration.ofMinutes(4));
        assertThat(Deadline.limit(under(Duration.ofMillis(1), DriverUnderTest.USUAL_STALL)))
                .isEqualTo(Duration.ofMinutes(3));
        assertThat(Deadline.limit(under(Duration.ofMinutes(1), Duration.ofMinutes(1))))
                .isEqualTo(Duration.ofMinutes(10));
    }

    private static DriverUnderTest under(Duration patience, Duration stall) {
        return new DriverUnderTest() {
            @Override
            public Driver driver() {
                throw new UnsupportedOperationException();
            }

            @Override
            public Duration patience() {
                return patience;
            }

            @Override
            public Duration stall() {
                return stall;
            }
        };
    }
}
