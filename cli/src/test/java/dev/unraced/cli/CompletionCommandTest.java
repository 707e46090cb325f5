// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the script in a real bash. */
class CompletionCommandTest {
    /** The number of first lines that may contain the time of generation. */
    private static final int HEADER = 20;

    private final TestConsole test = new TestConsole();

    @TempDir
    private Path folder;

    @Test
    void commandsAreCompleted() throws Exception {
        assertThat(completions("unraced", "wa")).containsExactly("watch");
        assertThat(completions("unraced", "")).contains("doctor", "conformance", "completion");
    }

    @Test
    void theShellCanBeNamed() {
        assertThat(UnracedCommand.run(test.console(), "completion")).isZero();
        String script = test.out();
        for (String shell : List.of("bash", "zsh")) {
            TestConsole other = new TestConsole();
            assertThat(UnracedCommand.run(other.console(), "completion", shell)).isZero();
            assertThat(other.out().lines().skip(HEADER))
                    .containsExactlyElementsOf(script.lines().skip(HEADER).toList());
        }
    }

    @Test
    void optionsAndTheirValuesAreCompleted() throws Exception {
        assertThat(completions("unraced", "watch", "--pa")).contains("--path-prefix", "--path");
        assertThat(completions("unraced", "watch", "--color", "al")).containsExactly("always");
    }

    private List<String> completions(String... words) throws IOException, InterruptedException {
        assertThat(UnracedCommand.run(test.console(), "completion")).isZero();
        Path script = Files.writeString(folder.resolve("completion"), test.out());
        List<String> command = new ArrayList<>(List.of(
                "bash",
                "-c",
                "source " + script + "; COMP_WORDS=(\"$@\"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1));"
                        + " _complete_unraced; printf '%s\\n' \"${COMPREPLY[@]}\"",
                "bash"));
        command.addAll(List.of(words));
        return lines(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    private static List<String> lines(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return output.lines().map(String::strip).toList();
    }
}
