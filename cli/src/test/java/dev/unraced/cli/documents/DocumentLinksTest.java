// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that links between the documents lead somewhere, and that every document is linked from the first one. */
class DocumentLinksTest {
    private static final Path HOME = Path.of("..");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

    static List<Path> documents() throws IOException {
        try (Stream<Path> pages = Files.walk(HOME.resolve("docs"))) {
            return Stream.concat(
                            Stream.of(
                                            "README.md",
                                            "CONTRIBUTING.md",
                                            "SECURITY.md",
                                            "CHANGELOG.md",
                                            "ROADMAP.md",
                                            "MAINTAINERS.md",
                                            "CODE_OF_CONDUCT.md",
                                            "examples/README.md",
                                            "conformance/vm/README.md")
                                    .map(HOME::resolve),
                            pages.filter(page -> page.toString().endsWith(".md"))
                                    .sorted())
                    .toList();
        }
    }

    private static Stream<String> links(Path document) throws IOException {
        return LINK.matcher(Files.readString(document))
                .results()
                .map(match -> match.group(1))
                .filter(link -> !link.matches("[a-z]+:.*"));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void linksLeadSomewhere(Path document) throws IOException {
        for (String link : links(document).toList()) {
            String[] parts = link.split("#", 2);
            Path target = parts[0].isEmpty()
                    ? document
                    : document.resolveSibling(parts[0]).normalize();
            assertThat(target).as(link).exists();
            if (parts.length == 2) {
                assertThat(anchors(target)).as(link).contains(parts[1]);
            }
        }
    }

    /** Returns the anchors that GitHub makes of headings. */
    private static Set<String> anchors(Path document) throws IOException {
        return Files.readString(document)
                .lines()
                .filter(line -> line.matches("#+ .*"))
                .map(line -> line.replaceFirst("#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void theFirstPageLeadsToAllOthers() throws IOException {
        Set<String> linked = links(HOME.resolve("README.md"))
                .map(link -> link.replaceFirst("#.*", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        try (Stream<Path> pages = Files.list(HOME.resolve("docs"))) {
            assertThat(pages.filter(page -> !page.endsWith("pictures"))
                            .map(page -> HOME.relativize(page).toString()))
                    .isNotEmpty()
                    .isSubsetOf(linked);
        }
    }
}
