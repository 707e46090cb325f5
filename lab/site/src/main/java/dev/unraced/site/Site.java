// SPDX-License-Identifier: Apache-2.0
package dev.unraced.site;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Builds the site. It starts at README.md and follows the links; a document that no link leads to is an error. Files
 * and folders that a document links get pages, too, so that the site needs no other place. Not thread-safe.
 */
final class Site {
    private static final Set<String> LEFT_OUT = Set.of("target", "node_modules");

    private final Path tree;
    private final Path out;
    private final @Nullable Path report;
    private final Targets targets;
    private final Template template;
    private final Map<Path, Document> documents = new LinkedHashMap<>();
    private final Set<Path> files = new LinkedHashSet<>();
    private final Map<Path, String> made = new LinkedHashMap<>();
    private final List<Path> pages = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();

    /**
     * Makes a builder.
     *
     * @param tree the source tree
     * @param out the folder for the site
     * @param report a page of results, or null
     */
    Site(Path tree, Path out, @Nullable Path report) throws IOException {
        this.tree = tree;
        this.out = out;
        this.report = report;
        this.targets = new Targets(tree);
        this.template = Mustache.compiler().emptyStringIsFalse(true).compile(resource("page.mustache"));
    }

    private static String resource(String name) throws IOException {
        try (InputStream stream = Objects.requireNonNull(Site.class.getResourceAsStream(name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Writes all pages, and checks their links. */
    SiteResult write() throws IOException {
        clear();
        follow();
        complainOfOrphans();
        for (String name : List.of("style.css", "script.js")) {
            Files.writeString(out.resolve(name), resource(name));
        }
        takeWhatOthersMade();
        Navigation navigation = new Navigation(documents, made, targets);
        SearchIndex index = new SearchIndex();
        documents.values().forEach(document -> index.add(document, targets.page(document.source())));
        Files.writeString(out.resolve("search-index.js"), index.script());
        Renderer renderer = new Renderer(tree, targets);
        for (Document document : documents.values()) {
            broken.addAll(document.complaints());
            Path page = targets.page(document.source());
            List<Map<String, String>> contents = contents(document);
            write(page, document.title(), renderer.html(document), contents, navigation);
        }
        for (Path file : files) {
            writeFile(file, navigation);
        }
        LinkCheck check = new LinkCheck(out);
        for (Path page : pages) {
            check.check(page);
        }
        broken.addAll(check.broken());
        return new SiteResult(documents.size(), files.size(), check.links(), check.elsewhere(), broken);
    }

    private void clear() throws IOException {
        if (Files.exists(out)) {
            try (Stream<Path> old = Files.walk(out)) {
                for (Path file : old.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(out);
    }

    /** Reads all documents that links lead to, and notes all other files. */
    private void follow() throws IOException {
        Deque<Path> waiting = new ArrayDeque<>(List.of(Path.of("README.md")));
        while (!waiting.isEmpty()) {
            Path source = waiting.remove();
            if (documents.containsKey(source)) {
                continue;
            }
            Document document = Document.read(tree, source);
            documents.put(source, document);
            Stream.concat(
                            document.links().stream().map(link -> link.getDestination()),
                            document.images().stream().map(image -> image.getDestination()))
                    .filter(link -> !Targets.isElsewhere(link) && !link.startsWith("#"))
                    .map(link -> targets.file(source, link.replaceFirst("#.*", "")))
                    .filter(Objects::nonNull)
                    .forEach(file -> {
                        if (Targets.isDocument(file)) {
                            waiting.add(file);
                        } else {
                            files.add(file);
                        }
                    });
        }
        Deque<Path> folders = new ArrayDeque<>(files);
        while (!folders.isEmpty()) {
            for (Path inner : children(folders.remove())) {
                if (files.add(inner)) {
                    folders.add(inner);
                }
            }
        }
    }

    /** Returns what lies in a folder; of a file, nothing. */
    private List<Path> children(Path folder) throws IOException {
        if (!Files.isDirectory(tree.resolve(folder))) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(tree.resolve(folder))) {
            return all.map(file -> tree.relativize(file))
                    .filter(file -> !LEFT_OUT.contains(file.getFileName().toString())
                            && !file.getFileName().toString().startsWith("."))
                    .filter(file -> !documents.containsKey(file))
                    .sorted()
                    .toList();
        }
    }

    private void complainOfOrphans() throws IOException {
        try (Stream<Path> all = Files.walk(tree.resolve("docs"))) {
            all.map(tree::relativize)
                    .filter(file -> Targets.isDocument(file) && !documents.containsKey(file))
                    .sorted()
                    .forEach(file -> broken.add(file + ": no link leads here"));
        }
    }

    /** Unpacks the Javadoc of each module that has some, and copies the report. */
    private void takeWhatOthersMade() throws IOException {
        Map<String, Path> jars = new TreeMap<>();
        try (Stream<Path> modules = Files.list(tree)) {
            for (Path module : modules.sorted().toList()) {
                Path target = module.resolve("target");
                if (Files.isDirectory(target)) {
                    try (Stream<Path> built = Files.list(target)) {
                        built.filter(file -> file.toString().endsWith("-javadoc.jar"))
                                .forEach(file -> jars.put(module.getFileName().toString(), file));
                    }
                }
            }
        }
        for (Map.Entry<String, Path> jar : jars.entrySet()) {
            Path place = Path.of("javadoc", jar.getKey());
            unpack(jar.getValue(), out.resolve(place));
            if (Files.exists(out.resolve(place).resolve("index.html"))) {
                made.put(place.resolve("index.html"), "Javadoc of " + jar.getKey());
            }
        }
        if (report != null) {
            Files.copy(report, out.resolve("results.html"), StandardCopyOption.REPLACE_EXISTING);
            made.put(Path.of("results.html"), "Results of rules, attacks and costs");
        }
    }

    private static void unpack(Path jar, Path folder) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(jar))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = folder.resolve(entry.getName()).normalize();
                if (!entry.isDirectory()
                        && file.startsWith(folder)
                        && !entry.getName().startsWith("META-INF")) {
                    Files.createDirectories(file.getParent());
                    Files.copy(zip, file);
                }
            }
        }
    }

    private static List<Map<String, String>> contents(Document document) {
        return document.sections().stream()
                .filter(section -> section.level() == 2)
                .map(section -> Map.of("anchor", section.anchor(), "title", section.title()))
                .toList();
    }

    private void writeFile(Path file, Navigation navigation) throws IOException {
        Path page = targets.page(file);
        Path source = tree.resolve(file);
        if (Targets.isPicture(file)) {
            Files.createDirectories(out.resolve(page).getParent());
            Files.copy(source, out.resolve(page), StandardCopyOption.REPLACE_EXISTING);
            return;
        }
        String body;
        if (Files.isDirectory(source)) {
            body = children(file).stream()
                    .map(inner -> "<li><a href=\"%s\"><code>%s</code></a></li>"
                            .formatted(
                                    escaped(Targets.relative(page, targets.page(inner))),
                                    escaped(inner.getFileName() + (Files.isDirectory(tree.resolve(inner)) ? "/" : ""))))
                    .collect(Collectors.joining("\n", "<ul>\n", "\n</ul>"));
        } else {
            body = "<pre tabindex=\"0\"><code>" + escaped(text(source)) + "</code></pre>";
        }
        write(
                page,
                file.toString(),
                "<h1><code>" + escaped(file.toString()) + "</code></h1>\n" + body,
                List.of(),
                navigation);
    }

    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            return "(%d bytes that are no text)".formatted(Files.size(file));
        }
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private void write(Path page, String title, String body, List<Map<String, String>> contents, Navigation navigation)
            throws IOException {
        int depth = page.getNameCount() - 1;
        Map<String, Object> values = new HashMap<>();
        values.put("title", title.equals("Unraced") ? title : title + " – Unraced");
        values.put("root", IntStream.range(0, depth).mapToObj(i -> "../").collect(Collectors.joining()));
        values.put("body", body);
        values.put("contents", contents.size() < 3 ? List.of() : contents);
        values.put("groups", navigation.of(page));
        Path file = out.resolve(page);
        Files.createDirectories(file.getParent());
        Files.writeString(file, template.execute(values));
        pages.add(page);
    }
}
