// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Availability;
import dev.unraced.capture.LossReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests that the manual has every code that a driver gives, every reason of a loss, and no others. */
class TroubleshootingTest {
    /** The pattern of a code as an argument, also of a method that fills in the rest, or as a constant. */
    private static final Pattern GIVEN = Pattern.compile("(?:[Uu]navailable\\(\\s*|String [A-Z_]+ = )\"([A-Z_]+)\"");

    private static final Pattern EXPLAINED = Pattern.compile("`([A-Z_]+)`");

    @Test
    void everyCodeIsExplained() throws IOException {
        Set<String> given = new TreeSet<>(Set.of("INCONCLUSIVE"));
        try (Stream<Path> modules = Files.list(Path.of(".."))) {
            modules.map(module -> module.resolve("src/main/java"))
                    .filter(sources -> sources.getParent()
                            .getParent()
                            .getParent()
                            .getFileName()
                            .toString()
                            .matches("api|driver-.*"))
                    .filter(Files::isDirectory)
                    .forEach(sources -> collect(sources, given));
        }
        Set<String> explained = new TreeSet<>();
        Files.readString(Path.of("../docs/reference/codes.md"))
                .lines()
                .takeWhile(line -> !line.startsWith("## It runs"))
                .filter(line -> line.startsWith("| `"))
                .map(line -> EXPLAINED.matcher(line.substring(0, line.indexOf('|', 1))))
                .forEach(codes -> addAll(codes, explained));

        assertThat(given).hasSizeGreaterThan(20);
        assertThat(explained).isEqualTo(given);
    }

    /** The table says of each reason what it means, and what to do. */
    @Test
    void everyReasonOfALossIsExplained() throws IOException {
        List<String> rows = Files.readString(Path.of("../docs/operating.md"))
                .lines()
                .dropWhile(line -> !line.equals("### Losses"))
                .skip(1)
                .takeWhile(line -> !line.startsWith("#"))
                .filter(line -> line.startsWith("| `"))
                .toList();
        assertThat(rows)
                .extracting(row -> row.replaceFirst("\\| `([A-Z_]+)` \\|.*", "$1"))
                .containsExactlyElementsOf(
                        Stream.of(LossReason.values()).map(LossReason::name).toList());
        assertThat(rows).allSatisfy(row -> assertThat(row).matches("\\|[^|]+\\|[^|]+\\|[^|]+\\|"));
    }

    private static void collect(Path sources, Set<String> codes) {
        try (Stream<Path> files = Files.walk(sources)) {
            files.filter(file -> file.toString().endsWith(".java"))
                    .map(TroubleshootingTest::read)
                    .filter(source -> source.contains(Availability.Unavailable.class.getSimpleName()))
                    .forEach(source -> addAll(GIVEN.matcher(source), codes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void addAll(Matcher found, Set<String> codes) {
        while (found.find()) {
            codes.add(found.group(1));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
