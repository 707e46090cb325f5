// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.cli.TestConsole;
import dev.unraced.selection.Drivers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** Tests that the command takes every command line that the documents and the help show. */
class DocumentedCommandsTest {
    /** The commands that the launcher runs by itself, or hands to the benchmarks. */
    private static final Set<String> OF_THE_LAUNCHER = Set.of("test", "build", "help");

    private static final Pattern SHOWN = Pattern.compile("(?:\\w+=\\S+ )*(?:sudo )?(?:\\./)?unraced +([a-z-][^`]*)");
    private static final Pattern INLINE = Pattern.compile("`([^`]+)`");
    private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]*");

    private final TestConsole test = new TestConsole();

    /** A command line, and its place in the documents. */
    record Shown(String where, String line) {
        @Override
        public String toString() {
            return where + ": " + line;
        }
    }

    static List<Shown> shown() throws IOException {
        List<Shown> found = new ArrayList<>();
        for (String document : List.of("README.md", "CONTRIBUTING.md", "SECURITY.md", "examples/README.md")) {
            inDocument(Path.of("../..", document), found);
        }
        for (String folder : List.of("../../docs", "../../docs/reference")) {
            try (Stream<Path> documents = Files.list(Path.of(folder))) {
                for (Path document : documents
                        .filter(file -> file.toString().endsWith(".md"))
                        .toList()) {
                    inDocument(document, found);
                }
            }
        }
        inHelp(commands().getCommandSpec(), found);
        return found.stream().distinct().toList();
    }

    private static CommandLine commands() {
        return LabCommand.commandLine(new TestConsole().console(), Drivers::discover);
    }

    private static void inDocument(Path document, List<Shown> found) throws IOException {
        String where = document.getFileName().toString();
        boolean fenced = false;
        for (String line :
                Files.readString(document).replace("\\\n", " ").lines().toList()) {
            if (line.startsWith("```")) {
                fenced = !fenced;
            } else if (fenced || line.startsWith("    ")) {
                add(where, line.strip(), found);
            } else {
                for (Matcher code = INLINE.matcher(line); code.find(); ) {
                    add(where, code.group(1), found);
                }
            }
        }
    }

    private static void inHelp(CommandSpec spec, List<Shown> found) {
        for (String line : spec.usageMessage().footer()) {
            add(spec.qualifiedName() + " --help", line.strip(), found);
        }
        spec.subcommands().values().forEach(command -> inHelp(command.getCommandSpec(), found));
    }

    private static void add(String where, String line, List<Shown> found) {
        Matcher command = SHOWN.matcher(line);
        if (command.matches()) {
            found.add(new Shown(where, command.group(1)));
        }
    }

    @ParameterizedTest
    @MethodSource("shown")
    void theCommandTakesIt(Shown shown) throws IOException {
        List<String> words = words(shown.line());
        String first = words.get(0);
        if (first.equals("lab") && words.size() > 1 && words.get(1).equals("bench")) {
            assertIsBenchmark(words.subList(1, words.size()));
        } else if (!OF_THE_LAUNCHER.contains(first)) {
            assertParses(shown, words);
        }
    }

    private void assertParses(Shown shown, List<String> words) {
        boolean isSynopsis = shown.line().contains("[") && !shown.line().contains("jq");
        try {
            if (!isSynopsis) {
                commands().parseArgs(words.toArray(String[]::new));
                return;
            }
        } catch (ParameterException e) {
            // The user or the folder of an example need not exist here, and a list of commands has no arguments.
            if (!(e instanceof MissingParameterException)) {
                assertThat(e).as(shown.toString()).hasRootCauseInstanceOf(TypeConversionException.class);
            }
        }
        CommandLine command = commands();
        for (String word : words) {
            command = command.getSubcommands().getOrDefault(word, command);
        }
        assertThat(command.getCommandName()).as(shown.toString()).isNotEqualTo("unraced");
        for (Matcher option = OPTION.matcher(shown.line()); option.find(); ) {
            assertThat(command.getCommandSpec().optionsMap())
                    .as(shown.toString())
                    .containsKey(option.group());
        }
    }

    private static void assertIsBenchmark(List<String> words) throws IOException {
        if (words.size() == 1) {
            return;
        }
        String declaration = (words.get(1).startsWith("-") ? "names = \"" : "name = \"") + words.get(1) + '"';
        try (Stream<Path> sources = Files.walk(Path.of("../benchmarks/src/main/java"))) {
            assertThat(sources.filter(file -> file.toString().endsWith(".java")).toList())
                    .as("bench %s", words.get(1))
                    .anySatisfy(file -> assertThat(Files.readString(file)).contains(declaration));
        }
    }

    /** Returns a shell's words of the first command of a line; three spaces separate a remark from it. */
    static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        boolean inWord = false;
        String command = line.replaceFirst("(?<=\\S) {3}.*| #.*", "");
        for (char letter : (command + " ").toCharArray()) {
            if (quote != 0) {
                quote = letter == quote ? 0 : quote;
                word.append(quote == 0 ? "" : letter);
            } else if (letter == '\'' || letter == '"') {
                quote = letter;
                inWord = true;
            } else if ("|&;<>)".indexOf(letter) >= 0) {
                break;
            } else if (letter != ' ') {
                word.append(letter);
                inWord = true;
            } else if (inWord) {
                words.add(word.toString());
                word.setLength(0);
                inWord = false;
            }
        }
        return words;
    }

    @Test
    void enoughIsShown() throws IOException {
        assertThat(shown()).hasSizeGreaterThan(100);
    }

    /** Lists of all commands have all of them, and no others. */
    @ParameterizedTest
    @ValueSource(strings = {"../../docs/cli.md", "../../unraced"})
    void listsOfCommandsAreComplete(String file) throws IOException {
        Pattern entry =
                Pattern.compile((file.endsWith("cli.md") ? " {4}unraced " : " {2}") + "((?:lab )?[a-z-]+)(?: .*)?");
        Set<String> listed = Files.readString(Path.of(file))
                .lines()
                .dropWhile(
                        line -> !line.equals("# The unraced command") && !line.startsWith("Usage: ./unraced COMMAND"))
                .takeWhile(line -> !line.startsWith("`--help`") && !line.startsWith("The first call"))
                .map(entry::matcher)
                .filter(Matcher::matches)
                .map(match -> match.group(1))
                .filter(name -> !OF_THE_LAUNCHER.contains(name) && !name.equals("lab bench"))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> all = new TreeSet<>(commands().getSubcommands().keySet());
        all.remove("lab");
        commands().getSubcommands().get("lab").getSubcommands().keySet().forEach(name -> all.add("lab " + name));
        assertThat(listed).isEqualTo(all);
    }

    /**
     * After a change, {@code java -cp 'lab/command/target/unraced-lab.jar:lab/command/target/lib/*'
     * dev.unraced.lab.Main man --markdown > docs/reference/options.md} updates the page.
     */
    @Test
    void thePageOfOptionsIsWhatTheCommandPrints() throws IOException {
        assertThat(LabCommand.run(test.console(), "man", "--markdown")).isZero();
        assertThat(test.out()).isEqualTo(Files.readString(Path.of("../../docs/reference/options.md")));
    }

    /** The table of entry points in the document has a line for each call that the command makes, in its order. */
    @Test
    void theEntryPointsAreThoseOfTheDocument() throws IOException {
        Pattern row = Pattern.compile("(\\S.*?) {2,}(open|openat|openat2|creat|connect) .*");
        assertThat(LabCommand.run(test.console(), "lab", "entry-points", "--driver", "sim"))
                .isZero();
        List<String> made = rows(test.out().lines(), row);
        List<String> documented = rows(
                Files.readString(Path.of("../../docs/reference/events.md"))
                        .lines()
                        .dropWhile(line -> !line.equals("## Entry points"))
                        .takeWhile(line -> !line.equals("## Integrity")),
                row);
        assertThat(made).hasSizeGreaterThan(20);
        assertThat(documented).isEqualTo(made);
    }

    private static List<String> rows(Stream<String> lines, Pattern row) {
        return lines.map(row::matcher)
                .filter(Matcher::matches)
                .map(match -> match.group(1) + ": " + match.group(2))
                .toList();
    }
}
