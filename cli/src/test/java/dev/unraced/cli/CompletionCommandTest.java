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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the scripts in a real bash and a real zsh. */
@Timeout(60)
class CompletionCommandTest {
    /**
     * Types a line, the tabulator, and a key that writes the line as it is then, into an interactive shell: FOLDER
     * SETUP LINE.
     */
    private static final String IN_ZSH = """
            zmodload zsh/zpty
            rm -f "$1/line" "$1/ready"
            zpty shell zsh -f -i
            zpty -w shell "show() { print -r -- \\$BUFFER > $1/line }; zle -N show; bindkey '^X^X' show"
            zpty -w shell "$2; print > $1/ready"
            until [[ -s $1/ready ]]; do sleep 0.02; done
            zpty -n -w shell "$3"$'\\t\\x18\\x18'
            until [[ -s $1/line ]]; do sleep 0.02; done
            cat "$1/line"
            zpty -d shell
            """;

    @TempDir
    private Path folder;

    @Test
    void commandsAreCompleted() throws Exception {
        assertThat(completions("unraced", "wa")).containsExactly("watch");
        assertThat(completions("unraced", "")).contains("doctor", "conformance", "completion");
    }

    @Test
    void theShellCanBeNamed() {
        assertThat(script()).isEqualTo(script("bash")).doesNotContain("#compdef");
        assertThat(script()).contains("(\"off\" \"stash\" \"kernel\")").doesNotContain("\"STASH\"");
        assertThat(script("zsh")).startsWith("#compdef unraced\n").doesNotContain("setopt", "alias ");
    }

    /** The script is in a folder of functions, as the package installs it, or the shell reads it. */
    @ParameterizedTest
    @CsvSource({
        "unraced wa, 'unraced watch '",
        "unraced watch --pa, unraced watch --path",
        "unraced watch --color al, 'unraced watch --color always '",
    })
    void zshCompletesLikewise(String begun, String line) throws Exception {
        Path functions = Files.createDirectory(folder.resolve("functions"));
        Path file = Files.writeString(functions.resolve("_unraced"), script("zsh"));
        String installed =
                "fpath=(" + functions + " $fpath); autoload -Uz compinit; compinit -u -d " + folder + "/dump";
        for (String setup : List.of(installed, "source " + file)) {
            assertThat(lines(new ProcessBuilder("zsh", "-f", "-c", IN_ZSH, "zsh", folder.toString(), setup, begun)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start()))
                    .as(setup)
                    .containsExactly(line);
        }
    }

    @Test
    void optionsAndTheirValuesAreCompleted() throws Exception {
        assertThat(completions("unraced", "watch", "--pa")).contains("--path-prefix", "--path");
        assertThat(completions("unraced", "watch", "--color", "al")).containsExactly("always");
    }

    private List<String> completions(String... words) throws IOException, InterruptedException {
        Path script = Files.writeString(folder.resolve("completion"), script());
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

    private static String script(String... shell) {
        TestConsole test = new TestConsole();
        List<String> words = new ArrayList<>(List.of("completion"));
        words.addAll(List.of(shell));
        assertThat(UnracedCommand.run(test.console(), words.toArray(String[]::new)))
                .isZero();
        return test.out();
    }

    private static List<String> lines(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return output.lines().toList();
    }
}
