// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.selection.Drivers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that the documents promise nothing but by rules that exist. */
class DocumentedRulesTest {
    private static final Path SPEC = Path.of("../docs/spec.md");
    private static final Pattern NUMBER = Pattern.compile("\\bR\\d+\\.\\d+\\b");
    private static final Pattern RULE =
            Pattern.compile("^\\*\\*(R\\d+\\.\\d+)\\*\\* (?:MUST|SHOULD)\\b", Pattern.MULTILINE);
    private static final String LIST = "SECURITY.md#what-is-not-seen-by-design";

    static List<Path> documents() throws IOException {
        return DocumentLinksTest.documents();
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(match -> match.group(match.groupCount()))
                .toList();
    }

    private static Set<String> rules() throws IOException {
        return new TreeSet<>(found(RULE, Files.readString(SPEC)));
    }

    @Test
    void aRuleHasItsNumberAlone() throws IOException {
        assertThat(found(RULE, Files.readString(SPEC))).hasSizeGreaterThan(100).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyRuleThatIsNamedExists(Path document) throws IOException {
        assertThat(rules()).containsAll(found(NUMBER, Files.readString(document)));
    }

    /** These pages make promises, so each of them names rules. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "README.md",
                "SECURITY.md",
                "docs/reference/comparison.md",
                "docs/reference/events.md",
                "docs/choosing.md",
                "docs/events.md",
                "docs/security.md",
                "docs/concepts.md"
            })
    void aPageThatPromisesNamesItsRules(String document) throws IOException {
        String page = Files.readString(Path.of("..", document));
        assertThat(found(NUMBER, page)).hasSizeGreaterThan(5).contains("R2.41");
        if (!document.equals("SECURITY.md")) {
            assertThat(page).as("the list of what is not seen is in one place").contains(LIST);
        }
    }

    /** Each row names the rule that meets the attempt, or says that there is none. */
    @Test
    void everyAttemptOfAnAttackerHasARuleOrAnAdmission() throws IOException {
        List<String> rows = Files.readString(Path.of("../SECURITY.md"))
                .lines()
                .dropWhile(line -> !line.startsWith("### With code execution"))
                .takeWhile(line -> !line.startsWith("### With root on the machine"))
                .filter(line -> line.startsWith("| ") && !line.startsWith("| attempt "))
                .toList();
        assertThat(rows)
                .hasSizeGreaterThan(20)
                .allSatisfy(row -> assertThat(row)
                        .containsPattern(
                                NUMBER.pattern() + "|\\*\\*Not seen\\*\\*|As the kernel allows|Needs CAP_SYS_ADMIN"));
    }

    /** A flag's row names the rules that demand it, and the fields that it weakens. */
    @Test
    void everyFlagNamesItsRule() throws IOException {
        List<String> rows = Files.readString(Path.of("../docs/reference/events.md"))
                .lines()
                .dropWhile(line -> !line.equals("## Flags"))
                .takeWhile(line -> !line.equals("## Time"))
                .filter(line -> line.startsWith("| `"))
                .toList();
        assertThat(rows).hasSize(EventFlag.values().length).allSatisfy(row -> {
            assertThat(row).containsPattern(NUMBER);
            assertThat(row.split("(?<!\\\\)\\|", -1)).as(row).hasSize(5);
        });
    }

    /** The marks of R2.41 are flags, and the page about concepts explains each of them. */
    @Test
    void theMarksOfThePrincipleAreExplained() throws IOException {
        String rule = Files.readString(SPEC)
                .lines()
                .dropWhile(line -> !line.startsWith("**R2.41**"))
                .takeWhile(line -> !line.isEmpty())
                .collect(Collectors.joining(" "));
        Set<String> marks = Stream.of(EventFlag.values())
                .map(EventFlag::name)
                .filter(rule::contains)
                .collect(Collectors.toCollection(TreeSet::new));
        List<String> explained = Files.readString(Path.of("../docs/concepts.md"))
                .lines()
                .dropWhile(line -> !line.equals("## What an event asserts"))
                .skip(1)
                .takeWhile(line -> !line.startsWith("## "))
                .filter(line -> line.matches("\\| [A-Z_]+ \\|.*"))
                .map(line -> line.replaceFirst("\\| ([A-Z_]+) .*", "$1"))
                .toList();
        assertThat(explained).hasSizeGreaterThan(4).containsExactlyInAnyOrderElementsOf(marks);
    }

    /** The kernel's drivers lack more on some machines and with some settings, which the table says, too. */
    @ParameterizedTest
    @ValueSource(strings = {"ebpf", "kmod", "gvisor", "sim"})
    void theTableSaysWhatADriverLacks(String driver) throws IOException {
        List<String> rows = Files.readString(Path.of("../docs/reference/capabilities.md"))
                .lines()
                .filter(line -> line.startsWith("| `" + driver + "` |"))
                .toList();
        List<String> lacking =
                Objects.requireNonNull(Drivers.discover().all().get(driver)).capabilities().lacking().keySet().stream()
                        .filter(Feature.class::isInstance)
                        .map(Object::toString)
                        .toList();
        List<String> said = found(Pattern.compile("`([A-Z_]+)`"), String.join("\n", rows));
        assertThat(said).isNotEmpty().doesNotHaveDuplicates().containsAll(lacking);
        if (driver.equals("gvisor") || driver.equals("sim")) {
            assertThat(lacking).containsAll(said);
        }
    }
}
