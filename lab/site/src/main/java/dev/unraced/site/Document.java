// SPDX-License-Identifier: Apache-2.0
package dev.unraced.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;

/** A Markdown file, parsed, with the headings and links that stand in it. */
final class Document {
    private static final Parser PARSER =
            Parser.builder().extensions(List.of(TablesExtension.create())).build();

    /** A heading with its anchor. */
    record Section(Heading node, String anchor, String title) {
        int level() {
            return node.getLevel();
        }
    }

    private final Path source;
    private final Node root;
    private final List<Section> sections = new ArrayList<>();
    private final List<Link> links = new ArrayList<>();
    private final List<Image> images = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();

    private Document(Path source, Node root) {
        this.source = source;
        this.root = root;
    }

    /** Reads a file, given by its path from the tree's root. */
    static Document read(Path tree, Path source) throws IOException {
        Document document = new Document(source, PARSER.parse(Files.readString(tree.resolve(source))));
        document.root.accept(document.new Collector());
        return document;
    }

    Path source() {
        return source;
    }

    Node root() {
        return root;
    }

    List<Section> sections() {
        return sections;
    }

    List<Link> links() {
        return links;
    }

    List<Image> images() {
        return images;
    }

    List<String> complaints() {
        return complaints;
    }

    String title() {
        return sections.isEmpty() ? source.toString() : sections.get(0).title();
    }

    Map<Node, String> anchors() {
        Map<Node, String> anchors = new HashMap<>();
        sections.forEach(section -> anchors.put(section.node(), section.anchor()));
        return anchors;
    }

    /** Returns the text within a node, without its marks. */
    static String text(Node node) {
        StringBuilder text = new StringBuilder();
        node.accept(new AbstractVisitor() {
            @Override
            public void visit(Text part) {
                text.append(part.getLiteral());
            }

            @Override
            public void visit(Code part) {
                text.append(part.getLiteral());
            }

            @Override
            public void visit(SoftLineBreak part) {
                text.append(' ');
            }
        });
        return text.toString();
    }

    /** Returns the anchor that a code host makes of a heading, so that a link works there and here. */
    static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                .replace(' ', '-');
    }

    private final class Collector extends AbstractVisitor {
        private final Map<String, Integer> used = new HashMap<>();

        @Override
        public void visit(Heading heading) {
            String title = text(heading);
            String anchor = anchor(title);
            int earlier = used.merge(anchor, 1, Integer::sum) - 1;
            sections.add(new Section(heading, earlier == 0 ? anchor : anchor + "-" + earlier, title));
            visitChildren(heading);
        }

        @Override
        public void visit(Link link) {
            links.add(link);
            visitChildren(link);
        }

        @Override
        public void visit(Image image) {
            images.add(image);
        }

        @Override
        public void visit(FencedCodeBlock block) {
            if (block.getInfo() != null && block.getInfo().equals("mermaid")) {
                complaints.add(source + ": a picture that needs a script; draw it as SVG");
            }
        }
    }
}
