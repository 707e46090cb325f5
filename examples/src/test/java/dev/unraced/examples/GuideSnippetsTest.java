// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.recording.RecordingWriter;
import dev.unraced.sim.SimKernel;
import java.io.ByteArrayOutputStream;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that each snippet of Java in the guides is code that this module or a build of its own compiles. */
class GuideSnippetsTest {
    private static final Path DOCS = Path.of("../docs");
    private static final Pattern SNIPPET = Pattern.compile("^```java\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    /** A snippet, and the page that shows it. */
    record Snippet(String page, String code) {
        /** Returns the code without white space, and without the braces at the end, before which a source can go on. */
        String compact() {
            return withoutSpace(code).replaceFirst("}+$", "");
        }

        @Override
        public String toString() {
            return page + ": " + code.lines().findFirst().orElse("");
        }
    }

    static List<Snippet> snippets() throws IOException {
        List<Snippet> found = new ArrayList<>();
        for (Path page : pages()) {
            Matcher matcher = SNIPPET.matcher(Files.readString(page));
            while (matcher.find()) {
                found.add(new Snippet(page.getFileName().toString(), matcher.group(1)));
            }
        }
        return found;
    }

    /** Returns the guides, and the page of meters. The simulator's page is tested beside the simulator. */
    private static List<Path> pages() throws IOException {
        try (Stream<Path> pages = Files.list(DOCS)) {
            return Stream.concat(
                            pages.filter(page -> page.toString().endsWith(".md"))
                                    .sorted(),
                            Stream.of(DOCS.resolve("reference/metrics.md")))
                    .toList();
        }
    }

    private static List<String> sources() throws IOException {
        List<String> texts = new ArrayList<>();
        for (String folder : List.of("src", "outside")) {
            try (Stream<Path> files = Files.walk(Path.of(folder))) {
                for (Path file :
                        files.filter(each -> each.toString().endsWith(".java")).toList()) {
                    texts.add(withoutSpace(Files.readString(file)));
                }
            }
        }
        return texts;
    }

    private static String withoutSpace(String text) {
        return text.replaceAll("\\s", "");
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void aSnippetIsCompiled(Snippet snippet) throws IOException {
        assertThat(sources()).as(snippet.page()).anyMatch(source -> source.contains(snippet.compact()));
    }

    @Test
    void theGuidesShowJava() throws IOException {
        assertThat(snippets()).extracting(Snippet::page).contains("consuming.md", "embedding.md", "remote.md");
    }

    @Test
    void eventsAreWrittenAsLines(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("two.rec");
        SimKernel kernel = SimKernel.create();
        try (Capture capture = kernel.capture();
                RecordingWriter writer = RecordingWriter.open(file, capture)) {
            kernel.process("cat").thread().openat("/one").finish();
            kernel.process("cat").thread().openat("/two").finish();
            capture.poll(writer, 100);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Capture replay =
                Capture.open(CaptureConfig.builder().driver("replay").set("unraced.replay.file", file.toString()))) {
            GuideSnippets.writeLines(replay, out);
        }

        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .satisfiesExactly(
                        line -> assertThat(line).contains("\"path\":\"/one\""),
                        line -> assertThat(line).contains("\"path\":\"/two\""));
    }
}
