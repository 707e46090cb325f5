// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawArgumentsTest {
    @TempDir
    private Path directory;

    @Test
    void bytesThatTheLocaleDoesNotHaveArePassedOn() throws IOException {
        Path line = line("java\0run\0--\0ls\0caf\u00e9\0");
        byte[] expected = "ls\0caf\u00e9\0".getBytes(StandardCharsets.ISO_8859_1);
        // As the JVM decodes them under the locale C, and under one of UTF-8.
        assertThat(RawArguments.of(List.of("ls", "caf?"), line, StandardCharsets.US_ASCII))
                .isEqualTo(expected);
        assertThat(RawArguments.of(List.of("ls", "caf\ufffd"), line, StandardCharsets.UTF_8))
                .isEqualTo(expected);
    }

    @Test
    void argumentsThatAreNotThoseOfTheProcessAreEncoded() throws IOException {
        byte[] expected = "ls\0\u00e9\0".getBytes(StandardCharsets.UTF_8);
        List<String> arguments = List.of("ls", "\u00e9");
        assertThat(RawArguments.of(arguments, line("java\0test\0"), StandardCharsets.UTF_8))
                .isEqualTo(expected);
        assertThat(RawArguments.of(arguments, line("java\0"), StandardCharsets.UTF_8))
                .isEqualTo(expected);
        assertThat(RawArguments.of(arguments, directory.resolve("none"), StandardCharsets.UTF_8))
                .isEqualTo(expected);
    }

    private Path line(String text) throws IOException {
        return Files.write(directory.resolve("cmdline"), text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
