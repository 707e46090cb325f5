// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SlowStartTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Console console = new Console(
            OutputStream.nullOutputStream(),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false,
            false,
            Map.of());

    @Test
    @Timeout(30)
    void aStartThatTakesLongIsSaid() throws InterruptedException {
        try (SlowStart starting = SlowStart.begin(console, Duration.ofMillis(1))) {
            assertThat(starting).isNotNull();
            while (err.size() == 0) {
                Thread.sleep(5);
            }
        }
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("unraced: starting; it takes longer than usual\n");
    }

    @Test
    void aStartThatEndsSoonIsNot() throws InterruptedException {
        SlowStart.begin(console, Duration.ofMillis(300)).close();
        Thread.sleep(600);
        assertThat(err.size()).isZero();
    }
}
