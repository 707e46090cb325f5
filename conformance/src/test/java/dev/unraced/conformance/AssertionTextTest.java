// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every assertion of the kit says in words what it is about, since a driver's author reads it without the source. */
class AssertionTextTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern ASSERTION = Pattern.compile("\\bassertThat(?:ThrownBy|Code)?\\(");
    private static final Pattern TEXT = Pattern.compile("\\s*\\.as\\(\\s*\"([^\"]*)\"");
    /** The first line of a method. */
    private static final Pattern METHOD = Pattern.compile(" {4}[a-zA-Z].*?(\\w+)\\(");

    private static final Pattern RULE = Pattern.compile("r0*(\\d+)_(\\d+)_");
    private static final Pattern NUMBER = Pattern.compile("R?[0-9.]+:? *");

    @Test
    void everyAssertionOfTheKitHasWords() throws IOException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(SOURCES)) {
            files = tree.filter(file -> file.toString().endsWith(".java")).toList();
        }
        List<String> bare = new ArrayList<>();
        int assertions = 0;
        for (Path file : files) {
            String source = Files.readString(file, StandardCharsets.UTF_8);
            assertions += Math.toIntExact(ASSERTION.matcher(source).results().count());
            bareLines(source).forEach(line -> bare.add(SOURCES.relativize(file) + ":" + line));
        }
        assertThat(bare)
                .as("assertions without as(...), or with a number alone")
                .isEmpty();
        assertThat(assertions).as("assertions that were found").isGreaterThan(300);
    }

    /** Reports begin with the number of the test's own rule, which {@code RuleNames} reads from the method's name. */
    @Test
    void noTestRepeatsTheNumberInItsName() throws IOException {
        List<String> repeated = new ArrayList<>();
        try (Stream<Path> classes = Files.list(SOURCES.resolve("dev/unraced/conformance/rules"))) {
            for (Path file : classes.toList()) {
                String own = "";
                for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                    Matcher method = METHOD.matcher(line);
                    if (method.lookingAt()) {
                        Matcher rule = RULE.matcher(method.group(1));
                        own = rule.lookingAt() ? "\"R" + rule.group(1) + "." + rule.group(2) + ": " : "";
                    }
                    if (!own.isEmpty() && line.contains(own)) {
                        repeated.add(file.getFileName() + ": " + line.strip());
                    }
                }
            }
        }
        assertThat(repeated).isEmpty();
    }

    @Test
    void anAssertionWithoutWordsIsFound() {
        for (String bare : List.of(
                "assertThat(a).isTrue();",
                "assertThat(f(\")\", ')')).isEqualTo(1).as(\"too late\");",
                "assertThat(a)\n    .as(\"R1.2\")\n    .isTrue();",
                "assertThatThrownBy(() -> f()).isInstanceOf(E.class);")) {
            assertThat(bareLines("class A {\n" + bare)).as(bare).containsExactly(2);
        }
    }

    @Test
    void anAssertionWithWordsIsFine() {
        for (String worded : List.of(
                "assertThat(a).as(\"the path\").isTrue();",
                "assertThat(f(\")\\\"\", '\\'', ')'))\n  .as(\"R1.2: %s\", a).isTrue();")) {
            assertThat(bareLines(worded)).as(worded).isEmpty();
        }
    }

    private static List<Integer> bareLines(String source) {
        List<Integer> lines = new ArrayList<>();
        Matcher assertion = ASSERTION.matcher(source);
        while (assertion.find()) {
            Matcher text = TEXT.matcher(source).region(end(source, assertion.end()), source.length());
            if (!text.lookingAt() || NUMBER.matcher(text.group(1)).matches()) {
                lines.add(1
                        + Math.toIntExact(
                                source.substring(0, assertion.start()).lines().count())
                        - (source.charAt(assertion.start() - 1) == '\n' ? 0 : 1));
            }
        }
        return lines;
    }

    /** Returns the position behind the parenthesis that closes what begins at a position. */
    private static int end(String source, int start) {
        int depth = 1;
        int at = start;
        for (; depth > 0; at++) {
            char c = source.charAt(at);
            if (c == '"' || c == '\'') {
                at = closingQuote(source, at, c);
            }
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        }
        return at;
    }

    private static int closingQuote(String source, int opening, char quote) {
        int at = opening + 1;
        while (source.charAt(at) != quote) {
            at += source.charAt(at) == '\\' ? 2 : 1;
        }
        return at;
    }
}
