// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unraced.cli.TestConsole;
import dev.unraced.lab.DocumentedCommandsTest.Shown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the command lines of the documents, with the options that they show. The simulated kernel replaces this
 * machine's, the work is less, and the files lie in a folder of the test's own.
 */
class DocumentedCommandsRunTest {
    /** The commands that are not run here, and what runs them. A command that is in neither place fails this test. */
    private static final Map<String, String> RUN_ELSEWHERE = Map.of(
            "(test|build|help|lab bench)( .*)?", "the launcher has them; CI runs it",
            "(serve|reload)( .*)?", "a server runs until it is stopped, and reload needs one: ServeProcessTest",
            "(run .*|watch --top)",
                    "they need root and this machine's kernel, or a terminal: RunCommandTest, RealRunTest and LiveSummaryTest",
            "gvisor (attach|detach|status) .*", "they need sandboxes: GvisorCommandTest and the tests of driver-gvisor",
            "kmod (build|load|unload)", "they change the kernel: KernelModuleTest, and the guest of conformance/vm",
            "(conformance --driver sim|lab mutants.*)", "they take long: MutantsTest and SimConformanceTest",
            "lab (hunt|endure)( .*)?",
                    "they need root and this machine's kernel: HuntCommandTest and EndureCommandTest, and CI runs them",
            "lab report( .*)?", "it reads what others found: ReportCommandTest",
            "lab explain( --markdown| --json)?", "they take seconds: ExplainCommandTest");

    /** The pattern of a line in the list of all commands at the top of a page: a name and its description. */
    private static final String LISTED = "(lab )?[a-z]+ {2,}[a-z].*";

    private static final Set<String> FILE_OPTIONS =
            Set.of("--record", "--svg", "--junit-xml", "--output", "--html", "--ready-file");

    @TempDir
    private Path folder;

    private final TestConsole test = new TestConsole();

    static List<List<String>> commands() throws IOException {
        return DocumentedCommandsTest.shown().stream()
                .filter(shown -> !isSynopsis(shown))
                .map(shown -> DocumentedCommandsTest.words(shown.line()))
                .filter(words -> !runsElsewhere(words))
                .map(DocumentedCommandsRunTest::small)
                .distinct()
                .toList();
    }

    private static boolean isSynopsis(Shown shown) {
        String line = shown.line();
        return line.matches(LISTED) || (line.contains("[") && !line.contains("jq"));
    }

    private static boolean runsElsewhere(List<String> words) {
        String line = String.join(" ", words);
        return !words.contains("--help") && RUN_ELSEWHERE.keySet().stream().anyMatch(line::matches);
    }

    /** Returns the same command with less work. */
    private static List<String> small(List<String> shown) {
        if (shown.contains("--help")) {
            return shown;
        }
        return switch (name(shown)) {
            // A replay needs no kernel.
            case "watch" -> with(shown.contains("replay") ? shown : simulated(shown), "--duration", "500ms");
            case "attack" -> shown.contains("--list") ? shown : with(simulated(oneAttack(shown)), "--calls", "20");
            case "entry-points" -> simulated(shown);
            case "conformance" -> with(with(simulated(shown), "--rules", "R1.1"), "--times", "2");
            case "size" -> with(with(shown, "--threads", "500"), "--duration", "1s");
            default -> shown;
        };
    }

    /** Returns the name of a command, without the laboratory's before it. */
    private static String name(List<String> words) {
        return words.get(0).equals("lab") && words.size() > 1 ? words.get(1) : words.get(0);
    }

    /** Returns a command that plays one attack instead of all, since the kit plays all. */
    private static List<String> oneAttack(List<String> words) {
        List<String> changed = new ArrayList<>(words);
        if (words.size() == 2 || words.get(2).startsWith("-")) {
            changed.add(2, "flip");
        }
        return changed;
    }

    private static List<String> simulated(List<String> words) {
        return with(words, "--driver", "sim");
    }

    /** Returns the words with this value for an option, in place of any other. */
    private static List<String> with(List<String> words, String option, String value) {
        List<String> changed = new ArrayList<>(words);
        int at = changed.indexOf(option);
        if (at < 0) {
            changed.addAll(List.of(option, value));
        } else {
            changed.set(at + 1, value);
        }
        return changed;
    }

    @ParameterizedTest
    @MethodSource("commands")
    void itRuns(List<String> command) throws IOException {
        if (command.get(0).equals("gvisor")) {
            assumeTrue(isInstalled("runsc"), "runsc is not installed");
        }
        int code = LabCommand.run(test.console(), inFolder(command).toArray(String[]::new));
        assertThat(code).as(command + "\n" + test.err()).isIn(answers(name(command)));
        // A command that writes a file need not print anything.
        assertThat((test.out() + test.err()).isBlank() && isEmpty(folder))
                .as("%s did nothing", command)
                .isFalse();
    }

    /**
     * Returns the accepted exit codes. "No module is loaded" is an answer, and so is "the simulated kernel has no place
     * for an attack".
     */
    private static Set<Integer> answers(String command) {
        return switch (command) {
            case "kmod" -> Set.of(0, 1);
            case "attack" -> Set.of(0, 3);
            default -> Set.of(0);
        };
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    /** Returns the command with its files in the folder, and makes the files that it reads. */
    private List<String> inFolder(List<String> command) throws IOException {
        List<String> changed = new ArrayList<>();
        String before = "";
        for (String word : command) {
            if (FILE_OPTIONS.contains(before)) {
                changed.add(folder.resolve(Path.of(word).getFileName()).toString());
            } else if (before.equals("--config")) {
                changed.add(output("unraced.conf", "config"));
            } else if (name(command).equals("replay") && (word.endsWith(".rec") || word.equals("FILE"))) {
                changed.add(recording());
            } else if (word.startsWith("replay.file=")) {
                changed.add("replay.file=" + recording());
            } else {
                changed.add(word);
            }
            before = word;
        }
        return changed;
    }

    private String output(String name, String... command) throws IOException {
        TestConsole console = new TestConsole();
        if (LabCommand.run(console.console(), command) != 0) {
            fail(console.err());
        }
        return Files.writeString(folder.resolve(name), console.out()).toString();
    }

    private String recording() {
        Path file = folder.resolve("build.rec");
        assertThat(LabCommand.run(
                        new TestConsole().console(),
                        "watch",
                        "--driver",
                        "sim",
                        "--count",
                        "20",
                        "--record",
                        file.toString(),
                        "--no-print"))
                .isZero();
        return file.toString();
    }

    private static boolean isInstalled(String program) {
        return Arrays.stream(System.getenv("PATH").split(":", -1))
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }

    @Test
    void mostAreRunAndNoneIsForgotten() throws IOException {
        assertThat(commands()).hasSizeGreaterThan(40);
        List<String> all = DocumentedCommandsTest.shown().stream()
                .map(shown -> String.join(" ", DocumentedCommandsTest.words(shown.line())))
                .toList();
        assertThat(RUN_ELSEWHERE.keySet())
                .as("what is run elsewhere is still documented")
                .allMatch(pattern -> all.stream().anyMatch(line -> line.matches(pattern)));
    }
}
