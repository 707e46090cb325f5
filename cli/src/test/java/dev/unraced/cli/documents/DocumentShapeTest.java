// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that the documents stay a book: a short first page, few guides, and tables in a folder of their own. */
class DocumentShapeTest {
    private static final Path DOCS = Path.of("../docs");
    private static final Path FIRST_PAGE = Path.of("../README.md");
    private static final int COLUMNS = 100;
    /** A word that no line has room for, such as an address. */
    private static final String LONG_WORD = ".*\\S{60,}.*";

    private static List<Path> pages(Path folder) throws IOException {
        try (Stream<Path> pages = Files.list(folder)) {
            return pages.filter(page -> page.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    /** Returns the guides: the pages of the folder but for the specification. */
    static List<Path> guides() throws IOException {
        return pages(DOCS).stream().filter(page -> !page.endsWith("spec.md")).toList();
    }

    static List<Path> wrapped() throws IOException {
        return Stream.of(
                        List.of(FIRST_PAGE, Path.of("../SECURITY.md"), Path.of("../ROADMAP.md")),
                        pages(DOCS),
                        pages(DOCS.resolve("reference")),
                        pages(DOCS.resolve("decisions")))
                .flatMap(List::stream)
                .toList();
    }

    private static long words(Path page) {
        try {
            return Stream.of(Files.readString(page).split("\\s+"))
                    .filter(word -> !word.isEmpty())
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void thereAreFewGuidesAndTheyAreShort() throws IOException {
        assertThat(guides()).hasSizeLessThanOrEqualTo(14);
        assertThat(guides().stream().mapToLong(DocumentShapeTest::words).sum()).isLessThan(25_000);
    }

    @Test
    void theFirstPageIsShortAndHasNoLongTable() throws IOException {
        assertThat(words(FIRST_PAGE)).isLessThan(1_100);
        int rows = 0;
        for (String line : Files.readAllLines(FIRST_PAGE)) {
            rows = line.startsWith("|") ? rows + 1 : 0;
            assertThat(rows).as(line).isLessThanOrEqualTo(2 + 6);
        }
    }

    @ParameterizedTest
    @MethodSource("guides")
    void aGuideHasAnExample(Path guide) throws IOException {
        assertThat(Files.readAllLines(guide)).anyMatch(line -> line.startsWith("```") || line.startsWith("    "));
    }

    /** Tables and what stands in blocks of code can be wider. */
    @ParameterizedTest
    @MethodSource("wrapped")
    void aLineFitsTheWidth(Path page) throws IOException {
        boolean fenced = false;
        for (String line : Files.readAllLines(page)) {
            if (line.startsWith("```")) {
                fenced = !fenced;
            } else if (!fenced && !line.startsWith("|") && !line.startsWith("    ") && !line.matches(LONG_WORD)) {
                assertThat(line).hasSizeLessThanOrEqualTo(COLUMNS);
            }
        }
    }

    @Test
    void theIndexOfTheReferenceNamesEachPage() throws IOException {
        Path folder = DOCS.resolve("reference");
        String index = Files.readString(folder.resolve("README.md"));
        assertThat(pages(folder))
                .filteredOn(page -> !page.endsWith("README.md"))
                .allSatisfy(page -> assertThat(index).contains("](" + page.getFileName() + ")"));
    }

    /** A decision says below its title when it was accepted, or what replaced it, and the index names it. */
    @Test
    void decisionsHaveOneFormAndStandInTheIndex() throws IOException {
        Path folder = DOCS.resolve("decisions");
        String index = Files.readString(folder.resolve("README.md"));
        for (Path decision : pages(folder)) {
            String name = decision.getFileName().toString();
            if (!name.equals("README.md")) {
                List<String> lines = Files.readAllLines(decision);
                assertThat(lines.get(0)).startsWith("# " + name.substring(0, 4) + ": ");
                assertThat(lines.get(2)).as(name).matches("(Accepted, \\d{4}-\\d\\d-\\d\\d\\.|Replaced by ).*");
                assertThat(index).contains("](" + name + ")");
            }
        }
    }
}
