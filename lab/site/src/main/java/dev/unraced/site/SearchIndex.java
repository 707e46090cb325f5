// SPDX-License-Identifier: Apache-2.0
package dev.unraced.site;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Block;
import org.commonmark.node.Code;
import org.commonmark.node.CustomNode;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Node;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;

/** The text of all sections, as a script that the page's own script loads when somebody searches. */
final class SearchIndex {
    private final List<String> entries = new ArrayList<>();

    /** Adds each section of a document. */
    void add(Document document, Path page) {
        Collector collector = new Collector(document, page);
        document.root().accept(collector);
        collector.end();
    }

    int sections() {
        return entries.size();
    }

    /** Returns the script, which defines an array of address, page, section and text. */
    String script() {
        return "window.unracedIndex = [\n" + String.join(",\n", entries) + "\n];\n";
    }

    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter == '"' || letter == '\\') {
                quoted.append('\\').append(letter);
            } else if (letter < ' ' || letter == '<' || letter == '\u2028' || letter == '\u2029') {
                quoted.append("\\u%04x".formatted((int) letter));
            } else {
                quoted.append(letter);
            }
        }
        return quoted.append('"').toString();
    }

    private final class Collector extends AbstractVisitor {
        private final Document document;
        private final Path page;
        private final StringBuilder text = new StringBuilder();
        private String anchor = "";
        private String title = "";

        Collector(Document document, Path page) {
            this.document = document;
            this.page = page;
        }

        void end() {
            String words = text.toString().strip().replaceAll("\\s+", " ");
            if (!words.isEmpty() || !title.isEmpty()) {
                entries.add("[" + quoted(page + (anchor.isEmpty() ? "" : "#" + anchor)) + "," + quoted(document.title())
                        + "," + quoted(title) + "," + quoted(words) + "]");
            }
            text.setLength(0);
        }

        @Override
        public void visit(Heading heading) {
            end();
            document.sections().stream()
                    .filter(section -> section.node() == heading)
                    .forEach(section -> {
                        boolean isPage = section.level() == 1;
                        anchor = isPage ? "" : section.anchor();
                        title = isPage ? "" : section.title();
                    });
        }

        @Override
        public void visit(Text node) {
            text.append(node.getLiteral());
        }

        @Override
        public void visit(Code node) {
            text.append(node.getLiteral());
        }

        @Override
        public void visit(SoftLineBreak node) {
            text.append(' ');
        }

        @Override
        public void visit(HardLineBreak node) {
            text.append(' ');
        }

        @Override
        public void visit(FencedCodeBlock node) {
            text.append(' ').append(node.getLiteral());
        }

        @Override
        public void visit(IndentedCodeBlock node) {
            text.append(' ').append(node.getLiteral());
        }

        @Override
        public void visit(Image node) {
            // The text says, too, what is drawn.
        }

        @Override
        protected void visitChildren(Node parent) {
            super.visitChildren(parent);
            if (parent instanceof Block || parent instanceof CustomNode) {
                text.append(' ');
            }
        }
    }
}
