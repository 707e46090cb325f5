// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** Tests the published artifacts: the BOM names all of them, and each jar declares its module. */
class ArtifactsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern MODULE = Pattern.compile("(?m)^module (\\S+) \\{");
    /** The modules that other projects do not depend on, as on those of the laboratory. */
    private static final Set<String> NOT_PUBLISHED = Set.of("bom", "cli", "examples", "examples/fleet");

    @Test
    void theBomNamesEveryPublishedArtifactInItsVersion() throws Exception {
        Element bom = pom("bom");
        Set<String> published = new TreeSet<>();
        for (String module : published()) {
            published.add(text(pom(module), "artifactId"));
        }
        assertThat(texts(bom, "artifactId").stream()
                        // A plugin of its profiles is no artifact of ours.
                        .filter(name -> name.startsWith("unraced-") && !name.equals("unraced-bom")))
                .containsExactlyInAnyOrderElementsOf(published);
        assertThat(text(bom, "version")).isEqualTo(text(pom("."), "version"));
        assertThat(children(bom, "parent"))
                .as("a parent would bring its versions along")
                .isEmpty();
    }

    /** A name is that of the module's descriptor, or of the manifest where a library behind it has none. */
    @Test
    void everyPublishedJarHasAModuleName() throws Exception {
        Set<String> names = new TreeSet<>();
        for (String module : published()) {
            List<String> found = texts(pom(module), "Automatic-Module-Name");
            Path descriptor = ROOT.resolve(module).resolve("src/main/module/module-info.java");
            if (Files.exists(descriptor)) {
                Matcher name = MODULE.matcher(Files.readString(descriptor));
                assertThat(name.find()).as(module).isTrue();
                found.add(name.group(1));
            }
            assertThat(found).as(module).singleElement().asString().startsWith("dev.unraced.");
            assertThat(names.add(found.get(0))).as(found.get(0)).isTrue();
        }
    }

    /** The profile {@code docs} leaves out the modules that nobody depends on; {@code bom} has no jar. */
    @Test
    void everyPublishedJarHasSourcesAndJavadoc() throws Exception {
        Set<String> left = new TreeSet<>();
        for (String module : texts(pom("."), "module")) {
            if (texts(pom(module), "docs.skip").contains("true")) {
                left.add(module);
            }
        }
        Set<String> others = new TreeSet<>(texts(pom("."), "module"));
        others.removeAll(published());
        others.remove("bom");
        assertThat(left).isEqualTo(others);
    }

    @Test
    void theChangelogHasAPlaceForWhatIsNew() throws IOException {
        assertThat(Files.readString(ROOT.resolve("CHANGELOG.md"))).contains("\n## Unreleased\n");
    }

    private static List<String> published() throws Exception {
        return texts(pom("."), "module").stream()
                .filter(module -> !NOT_PUBLISHED.contains(module) && !module.startsWith("lab/"))
                .toList();
    }

    private static Element pom(String module) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(ROOT.resolve(module).resolve("pom.xml").toFile())
                .getDocumentElement();
    }

    /** Returns the text of the direct child with a name. */
    private static String text(Element parent, String name) {
        return children(parent, name).get(0).getTextContent();
    }

    private static List<Node> children(Element parent, String name) {
        NodeList nodes = parent.getChildNodes();
        return IntStream.range(0, nodes.getLength())
                .mapToObj(nodes::item)
                .filter(node -> node.getNodeName().equals(name))
                .toList();
    }

    /** Returns the texts of all descendants with a name. */
    private static List<String> texts(Element parent, String name) {
        NodeList nodes = parent.getElementsByTagName(name);
        return IntStream.range(0, nodes.getLength())
                .mapToObj(i -> nodes.item(i).getTextContent())
                .collect(Collectors.toList());
    }
}
