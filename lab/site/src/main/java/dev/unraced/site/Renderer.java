// SPDX-License-Identifier: Apache-2.0
package dev.unraced.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.StrongEmphasis;
import org.commonmark.node.Text;
import org.commonmark.renderer.NodeRenderer;
import org.commonmark.renderer.html.HtmlNodeRendererContext;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * Makes HTML of a document. Links lead to pages of the site, the number of a rule leads to the rule, and a picture in
 * SVG stands in the page itself, so that it takes the page's colours and makes no request.
 */
final class Renderer {
    private static final Pattern RULE = Pattern.compile("\\bR\\d+\\.\\d+\\b");
    private static final Path SPEC = Path.of("docs/spec.md");

    private final Path tree;
    private final Targets targets;

    Renderer(Path tree, Targets targets) {
        this.tree = tree;
        this.targets = targets;
    }

    /** Returns the body. The document's nodes are changed by it. */
    String html(Document document) {
        Map<Node, String> anchors = document.anchors();
        document.links().forEach(link -> link.setDestination(destination(document.source(), link.getDestination())));
        document.root().accept(new RuleLinker(document.source(), anchors));
        HtmlRenderer renderer = HtmlRenderer.builder()
                .extensions(List.of(TablesExtension.create()))
                .escapeHtml(true)
                .attributeProviderFactory(context -> (node, tag, attributes) -> {
                    String anchor = anchors.get(node);
                    if (anchor != null) {
                        attributes.put("id", anchor);
                    }
                    if (tag.equals("pre")) {
                        attributes.put("tabindex", "0");
                    }
                })
                .nodeRendererFactory(context -> new Pictures(context, document.source()))
                .build();
        return renderer.render(document.root())
                .replace("<table>", "<div class=\"scroll\" tabindex=\"0\"><table>")
                .replace("</table>", "</table></div>")
                // The corner of a table with two heads is none itself.
                .replace("<th></th>", "<td></td>");
    }

    /** Returns where a link leads within the site; a broken one stays as it is, for the check to find. */
    private String destination(Path source, String link) {
        if (Targets.isElsewhere(link) || link.startsWith("#")) {
            return link;
        }
        String[] parts = link.split("#", 2);
        Path file = targets.file(source, parts[0]);
        if (file == null) {
            return link;
        }
        return Targets.relative(targets.page(source), targets.page(file)) + (parts.length == 2 ? "#" + parts[1] : "");
    }

    /** Links numbers of rules to the specification, whose paragraphs get anchors. */
    private final class RuleLinker extends AbstractVisitor {
        private final Map<Node, String> anchors;
        private final boolean isSpec;
        private final String page;

        RuleLinker(Path source, Map<Node, String> anchors) {
            this.anchors = anchors;
            this.isSpec = source.equals(SPEC);
            this.page = isSpec ? "" : Targets.relative(targets.page(source), targets.page(SPEC));
        }

        @Override
        public void visit(Paragraph paragraph) {
            if (isSpec && paragraph.getFirstChild() instanceof StrongEmphasis first) {
                String number = Document.text(first);
                if (RULE.matcher(number).matches()) {
                    anchors.put(paragraph, number);
                }
            }
            visitChildren(paragraph);
        }

        @Override
        public void visit(Link link) {
            // A link within a link is none.
        }

        @Override
        public void visit(Heading heading) {
            // A heading is a link's target.
        }

        @Override
        public void visit(Text text) {
            String literal = text.getLiteral();
            Matcher rule = RULE.matcher(literal);
            int from = 0;
            while (rule.find()) {
                text.insertBefore(new Text(literal.substring(from, rule.start())));
                Link link = new Link(page + "#" + rule.group(), null);
                link.appendChild(new Text(rule.group()));
                text.insertBefore(link);
                from = rule.end();
            }
            text.setLiteral(literal.substring(from));
        }
    }

    /** Puts drawings into the page. */
    private final class Pictures implements NodeRenderer {
        private final HtmlNodeRendererContext context;
        private final Path source;

        Pictures(HtmlNodeRendererContext context, Path source) {
            this.context = context;
            this.source = source;
        }

        @Override
        public Set<Class<? extends Node>> getNodeTypes() {
            return Set.of(Image.class);
        }

        @Override
        public void render(Node node) {
            Image image = (Image) node;
            Path file = targets.file(source, image.getDestination());
            if (file == null || !file.toString().endsWith(".svg")) {
                Map<String, String> attributes = new LinkedHashMap<>();
                attributes.put("src", destination(source, image.getDestination()));
                attributes.put("alt", Document.text(image));
                context.getWriter().tag("img", attributes, true);
                return;
            }
            try {
                context.getWriter()
                        .raw("<span class=\"drawing\" tabindex=\"0\">" + Files.readString(tree.resolve(file))
                                + "</span>");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
