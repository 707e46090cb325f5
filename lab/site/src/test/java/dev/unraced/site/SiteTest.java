// SPDX-License-Identifier: Apache-2.0
package dev.unraced.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.site.picture.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the site of these documents, and that the build notices what is wrong with others. */
class SiteTest {
    private static final Path TREE = Path.of("../..");

    @TempDir
    private Path folder;

    private SiteResult build(String first) throws IOException {
        Path tree = folder.resolve("tree");
        Files.createDirectories(tree.resolve("docs"));
        Files.writeString(tree.resolve("README.md"), first);
        return new Site(tree, folder.resolve("site"), null).write();
    }

    private String page(String name) throws IOException {
        return Files.readString(folder.resolve("site").resolve(name));
    }

    @Test
    void theDocumentsAreASiteWithoutABrokenLink() throws IOException {
        Path out = folder.resolve("site");
        SiteResult result = new Site(TREE, out, null).write();
        assertThat(result.broken()).isEmpty();
        assertThat(result.documents()).isGreaterThan(60);
        assertThat(page("docs/concepts.html"))
                .contains("<a href=\"spec.html#R4.1\">R4.1</a>")
                .contains("<title>The life of an event</title>")
                .contains("aria-current=\"page\">Concepts</a>");
        assertThat(page("docs/spec.html")).contains("<p id=\"R4.1\"><strong><a href=\"#R4.1\">R4.1</a></strong>");
        assertThat(page("search-index.js")).contains("[\"docs/events.html#what-to-do-with-each-value\",\"Events\",");
    }

    /** After a change, {@code packaging/site --pictures} draws the pictures anew. */
    @Test
    void thePicturesAreThoseThatTheCommandDraws() throws IOException {
        Map<String, String> drawn = Pictures.all(TREE);
        Path pictures = TREE.resolve("docs/pictures");
        for (Map.Entry<String, String> picture : drawn.entrySet()) {
            assertThat(pictures.resolve(picture.getKey())).hasContent(picture.getValue());
        }
        try (Stream<Path> files = Files.list(pictures)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsAll(drawn.keySet())
                    .hasSize(drawn.size() + 1)
                    .contains("flip.svg");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "[a](docs/none.md), index.html: leads nowhere: docs/none.md",
        "[a](#none), index.html: leads nowhere: #none",
        "[a](../outside.md), index.html: leads nowhere: ../outside.md",
        "![a](none.svg), index.html: leads nowhere: none.svg",
        "![a](https://elsewhere.example/a.png), 'index.html: asks another host: <img src=\"https://elsewhere.example/a.png\"'",
    })
    void aLinkWithoutATargetIsNoticed(String text, String complaint) throws IOException {
        assertThat(build("# First\n\n" + text + "\n").broken()).containsExactly(complaint);
    }

    @Test
    void aDocumentThatNothingLeadsToIsNoticed() throws IOException {
        Files.createDirectories(folder.resolve("tree/docs"));
        Files.writeString(folder.resolve("tree/docs/lonely.md"), "# Lonely\n");
        assertThat(build("# First\n").broken()).containsExactly("docs/lonely.md: no link leads here");
    }

    @Test
    void aPictureThatNeedsAScriptIsNoticed() throws IOException {
        assertThat(build("# First\n\n```mermaid\nflowchart LR\n```\n").broken())
                .containsExactly("README.md: a picture that needs a script; draw it as SVG");
    }

    @Test
    void linksOfAllKindsLeadToPages() throws IOException {
        Path tree = Files.createDirectories(folder.resolve("tree"));
        Files.createDirectories(tree.resolve("docs"));
        Files.createDirectories(tree.resolve("examples/inner"));
        Files.writeString(tree.resolve("docs/a.md"), "# A\n\n## Say `it` twice!\n\n## Say `it` twice!\n");
        Files.writeString(tree.resolve("examples/inner/x.sh"), "if a <b\n");
        SiteResult result =
                build("# First\n\n[a](docs/a.md#say-it-twice-1) [b](examples) [c](https://elsewhere.example)\n");
        assertThat(result.broken()).isEmpty();
        assertThat(result.elsewhere()).isEqualTo(1);
        assertThat(page("index.html"))
                .contains("href=\"docs/a.html#say-it-twice-1\"")
                .contains("href=\"source/examples/index.html\"");
        assertThat(page("source/examples/inner/x.sh.html")).contains("if a &lt;b");
    }

    @Test
    void markupOfADocumentStaysText() throws IOException {
        build("# First\n\n<script>alert(1)</script>\n\nand <b>this</b>, `</script>`\n");
        assertThat(page("index.html")).doesNotContain("<script>alert", "<b>this");
        assertThat(page("search-index.js")).doesNotContain("</script>");
    }

    @Test
    void javadocAndResultsAreInTheMenu() throws IOException {
        Path tree = Files.createDirectories(folder.resolve("tree"));
        Files.createDirectories(tree.resolve("docs"));
        Files.createDirectories(tree.resolve("api/target"));
        try (ZipOutputStream zip =
                new ZipOutputStream(Files.newOutputStream(tree.resolve("api/target/unraced-api-javadoc.jar")))) {
            zip.putNextEntry(new ZipEntry("index.html"));
            zip.putNextEntry(new ZipEntry("../escaped.html"));
        }
        Files.writeString(tree.resolve("README.md"), "# First\n");
        Path report = Files.writeString(folder.resolve("report.html"), "<p>results</p>");
        assertThat(new Site(tree, folder.resolve("site"), report).write().broken())
                .isEmpty();
        assertThat(page("index.html"))
                .contains("href=\"javadoc/api/index.html\">Javadoc of api</a>")
                .contains("href=\"results.html\"");
        assertThat(folder.resolve("site/javadoc/escaped.html")).doesNotExist();
    }
}
