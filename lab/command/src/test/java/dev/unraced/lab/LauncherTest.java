// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests what the script in the root of the tree answers by itself, without a build. */
@Timeout(60)
class LauncherTest {
    @ParameterizedTest
    @CsvSource({
        "'', Usage: ./unraced COMMAND",
        "--help, Usage: ./unraced COMMAND",
        "help, Usage: ./unraced COMMAND",
        "build --help, Usage: ./unraced build",
        "help build, Usage: ./unraced build",
        "test --help, Usage: ./unraced test",
        "help test, Usage: ./unraced test",
    })
    void helpOfItsOwn(String line, String begin) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of("../../unraced").toAbsolutePath().toString()));
        if (!line.isEmpty()) {
            command.addAll(List.of(line.split(" ")));
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said).startsWith(begin);
        if (!begin.endsWith("COMMAND")) {
            assertThat(said).contains("Exit codes: 0 ");
        }
    }
}
