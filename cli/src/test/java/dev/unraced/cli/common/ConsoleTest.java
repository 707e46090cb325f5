// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private static final String MESSAGE = "unraced: capturing with ebpf (tracepoints, mode stash), all processes";

    @Test
    void messagesFitTheTerminal() {
        assertThat(said(true, "40"))
                .isEqualTo("unraced: capturing with ebpf\n  (tracepoints, mode stash), all processes\n"
                        .replace("all processes", "all\n  processes"));
        assertThat(said(true, "80")).isEqualTo(MESSAGE + "\n");
        assertThat(Console.folded("one\n  two three four", 10)).isEqualTo("one\n  two\n  three\n  four");
        assertThat(Console.folded("x".repeat(20) + " y", 10))
                .as("a word that does not fit")
                .contains("x".repeat(20));
    }

    @Test
    void messagesToAFileKeepTheirLines() {
        assertThat(said(false, "40")).isEqualTo(MESSAGE + "\n");
    }

    @Test
    void noTextMovesTheCursor() {
        String tricks = "\u001b[2J \u009b2J \u202e \u2066 \u200f \u2028 \r \u007f";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Console console = new Console(
                OutputStream.nullOutputStream(),
                new PrintStream(bytes, true, StandardCharsets.UTF_8),
                false,
                false,
                true,
                Map.of());
        console.err().print(tricks);
        console.err().println(tricks);
        console.err().println((Object) tricks);
        console.err().printf("%s", tricks);
        console.err().append(tricks);
        console.say(tricks);
        StatusLine.on(console.err(), false).say(tricks);
        assertThat(bytes.toString(StandardCharsets.UTF_8).replace("\n", ""))
                .isEqualTo("?[2J ?2J ? ? ? ? ? ?".repeat(7));
    }

    @Test
    void theStatusLineMovesTheCursorAndItsTextDoesNot() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Console console = new Console(
                OutputStream.nullOutputStream(),
                new PrintStream(bytes, true, StandardCharsets.UTF_8),
                false,
                false,
                true,
                Map.of());
        try (StatusLine status = StatusLine.on(console.err(), false)) {
            status.draw("evil \u001b[2J");
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("\u001b[?7l")
                .contains("evil ?[2J");
    }

    private static String said(boolean terminal, String columns) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        new Console(
                        OutputStream.nullOutputStream(),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        false,
                        false,
                        terminal,
                        Map.of("COLUMNS", columns))
                .say(MESSAGE);
        return err.toString(StandardCharsets.UTF_8);
    }
}
