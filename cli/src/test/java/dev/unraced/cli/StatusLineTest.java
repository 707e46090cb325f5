// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.cli.common.StatusLine;
import dev.unraced.format.LineBuffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StatusLineTest {
    private static final String ERASE = "\r\u001b[K";

    private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(terminal, true, StandardCharsets.UTF_8);

    @Test
    void givesWayToEventsOnTheSameTerminal() throws IOException {
        try (StatusLine status = StatusLine.on(err, true)) {
            status.draw("5/s");
            status.writeAbove(new LineBuffer(1), terminal);

            assertThat(terminal.toString(StandardCharsets.UTF_8))
                    .contains("5/s")
                    .endsWith(ERASE);
        }
    }

    @Test
    void staysWhenEventsGoElsewhere() throws IOException {
        try (StatusLine status = StatusLine.on(err, false)) {
            status.draw("5/s");
            status.writeAbove(new LineBuffer(1), new ByteArrayOutputStream());

            assertThat(terminal.toString(StandardCharsets.UTF_8)).doesNotContain(ERASE);
        }
    }

    @Test
    void givesWayToAMessageEvenWhereEventsGoElsewhere() {
        try (StatusLine status = StatusLine.on(err, false)) {
            status.draw("5/s");
            status.say("a message");

            assertThat(terminal.toString(StandardCharsets.UTF_8)).endsWith(ERASE + "a message\n");
        }
    }

    @Test
    void leavesNothingBehind() {
        StatusLine status = StatusLine.on(err, false);
        status.draw("5/s");
        status.close();
        status.draw("late");

        assertThat(terminal.toString(StandardCharsets.UTF_8)).endsWith(ERASE).doesNotContain("late");
    }

    @Test
    void redrawsByItself() throws InterruptedException {
        CountDownLatch redraws = new CountDownLatch(2);
        try (StatusLine status = StatusLine.on(err, false)) {
            status.start(() -> {
                redraws.countDown();
                return "x";
            });

            assertThat(redraws.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void canBeNone() {
        try (StatusLine status = StatusLine.none(err)) {
            status.start(() -> {
                throw new AssertionError("asked for a text");
            });
        }
        assertThat(terminal.size()).isZero();
    }
}
