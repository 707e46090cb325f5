// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unraced.selection.Drivers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.CommandSpec;

/** Tests the manual page with the programs that read such pages. */
class ManCommandTest {
    @TempDir
    private Path folder;

    private String page = "";
    private Path file = Path.of("");

    @BeforeEach
    void print() throws IOException {
        TestConsole test = new TestConsole();
        assertThat(UnracedCommand.run(test.console(), "man")).isZero();
        page = test.out();
        file = Files.writeString(folder.resolve("unraced.1"), page);
    }

    @Test
    void itHasEveryCommandAndEveryOption() {
        String plain = page.replace("\\-", "-");
        CommandSpec root = UnracedCommand.commandLine(new TestConsole().console(), Drivers::discover)
                .getCommandSpec();
        assertThat(commands(root)).hasSizeGreaterThan(12).allSatisfy(spec -> {
            assertThat(plain).contains(".SS \"" + spec.qualifiedName());
            spec.options()
                    .forEach(option -> assertThat(plain)
                            .as(spec.qualifiedName())
                            .contains(".B \"" + String.join(", ", option.names())));
        });
        assertThat(plain).contains("== \"EXIT\"").doesNotContain("%n", "${");
    }

    private static List<CommandSpec> commands(CommandSpec spec) {
        return spec.subcommands().values().stream()
                .flatMap(command ->
                        Stream.concat(Stream.of(command.getCommandSpec()), commands(command.getCommandSpec()).stream()))
                .toList();
    }

    /** groff warns of all that it does not understand, mandoc also of bad style from {@code warning} up. */
    @ParameterizedTest
    @ValueSource(strings = {"groff -man -Tutf8 -ww -z", "mandoc -T lint -W warning"})
    void itsReadersHaveNothingToSay(String reader) throws Exception {
        assumeTrue(isInstalled(reader.split(" ", -1)[0]), () -> reader + " is not installed");
        assertThat(run(reader)).isEmpty();
    }

    @Test
    void aReaderSeesWhatHelpSays() throws Exception {
        assumeTrue(isInstalled("man"), "man is not installed");
        assertThat(run("man -P cat -l").replaceAll(".\b", "").replaceAll("\u001b\\[[0-9;]*m", ""))
                .contains(
                        "unraced - one event per open and connect",
                        "--mitigation MODE",
                        "unraced watch --duration 10s");
    }

    private static boolean isInstalled(String program) {
        return Arrays.stream(System.getenv("PATH").split(":", -1))
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }

    private String run(String reader) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        Stream.concat(Arrays.stream(reader.split(" ", -1)), Stream.of(file.toString()))
                                .toList())
                .redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
