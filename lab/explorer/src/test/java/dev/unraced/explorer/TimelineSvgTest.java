// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.explorer.TimelineRow.Kind;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class TimelineSvgTest {
    private static final String HOSTILE = "</text><script>alert('x')</script>&\"%s\u0000\u001b]0;\ufffe\ud800 http:";

    @Test
    void showsLanesCallsAttacksAndTheVerdict() throws Exception {
        Document svg = parse(TimelineSvg.draw(TimelineTest.RACE, "A race"));

        assertThat(texts(svg, "tl-name")).containsExactly("victim", "attacker");
        assertThat(texts(svg, "tl-verdict")).containsExactly("verdict: CHANGED");
        assertThat(texts(svg, "tl-attack")).containsExactly("path = \"/etc/shadow\"");
        assertThat(texts(svg, "tl-note")).containsExactly("after the snapshot, before the copy");
        assertThat(byClass(svg, "rect", "tl-hit")).hasSize(1);
        assertThat(byClass(svg, "line", "tl-falls")).hasSize(2);
        Element call = byClass(svg, "rect", "tl-call").get(0);
        int top = Integer.parseInt(call.getAttribute("y"));
        int bottom = top + Integer.parseInt(call.getAttribute("height"));
        assertThat(top).isBetween(y(svg, "openat(path)") - SvgLayout.ROW, y(svg, "openat(path)"));
        assertThat(bottom).isBetween(y(svg, "3"), y(svg, "sleeps"));
    }

    @Test
    void anEventThatDeceivesIsRed() throws Exception {
        List<TimelineRow> rows = List.of(
                new TimelineRow(0, "openat = 0", Kind.EXIT),
                new TimelineRow(0, "event: path \"/tmp/harmless\"", Kind.FORGED),
                new TimelineRow(0, "really opened \"/tmp/evil\"", Kind.NOTE));
        String drawn = TimelineSvg.draw(new Timeline(List.of("caller"), List.of(), rows, List.of()), "A lie");

        Document svg = parse(drawn);
        assertThat(texts(svg, "tl-forged")).containsExactly("event: path \"/tmp/harmless\"");
        assertThat(texts(svg, "tl-note")).containsExactly("really opened \"/tmp/evil\"");
        assertThat(drawn).contains(".tl .tl-forged{fill:var(--bad);");
    }

    @Test
    void tellsScreenReadersAllThatItShows() throws Exception {
        Document svg = parse(TimelineSvg.draw(TimelineTest.RACE, "A race"));

        assertThat(svg.getDocumentElement().getAttribute("role")).isEqualTo("img");
        assertThat(svg.getElementsByTagName("title").item(0).getTextContent()).isEqualTo("A race");
        assertThat(svg.getElementsByTagName("desc").item(0).getTextContent())
                .startsWith("openat, mitigation stash. victim: path = \"/etc/hosts\".")
                .contains("attacker: path = \"/etc/shadow\". note: after the snapshot, before the copy.")
                .endsWith("verdict: CHANGED.");
    }

    @Test
    void hostileTextsStayTexts() throws Exception {
        Timeline timeline = new Timeline(
                List.of(HOSTILE),
                List.of(HOSTILE),
                List.of(new TimelineRow(0, HOSTILE, Kind.ATTACK), new TimelineRow(0, HOSTILE, Kind.NOTE)),
                List.of(HOSTILE));

        Document svg = parse(TimelineSvg.draw(timeline, HOSTILE));

        assertThat(svg.getElementsByTagName("script").getLength()).isZero();
        assertThat(texts(svg, "tl-attack").get(0))
                .startsWith("</text><script>alert('x')</script>&\"%s\\u{0}\\u{1b}]0;");
    }

    @Test
    void loadsNothing() {
        String svg = TimelineSvg.draw(TimelineTest.RACE, "A race");

        assertThat(svg.replace("xmlns=\"http://www.w3.org/2000/svg\"", ""))
                .doesNotContain("http", "href", "url(", "@import", "<script", "<!");
        assertThat(svg).contains("@media (prefers-color-scheme:dark)");
    }

    @Test
    void cutsVeryLongTextsAndKeepsThemWholeBeside() throws Exception {
        String path = "/" + "a".repeat(5000);
        Timeline timeline =
                new Timeline(List.of("t"), List.of(), List.of(new TimelineRow(0, path, Kind.COPY)), List.of());

        Document svg = parse(TimelineSvg.draw(timeline, "long"));

        assertThat(Integer.parseInt(svg.getDocumentElement().getAttribute("width")))
                .isLessThan(700);
        assertThat(texts(svg, "tl-copy").get(0)).startsWith(path).endsWith("a…");
    }

    @Test
    void drawsATimelineWithoutRows() throws Exception {
        Document svg = parse(TimelineSvg.draw(new Timeline(List.of("t"), List.of(), List.of(), List.of()), ""));

        assertThat(texts(svg, "tl-name")).containsExactly("t");
    }

    private static Document parse(String svg) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    private static int y(Document svg, String text) {
        return elements(svg, "text").stream()
                .filter(element -> element.getTextContent().equals(text))
                .mapToInt(element -> Integer.parseInt(element.getAttribute("y")))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> texts(Document svg, String kind) {
        return byClass(svg, "text", kind).stream().map(Element::getTextContent).toList();
    }

    private static List<Element> byClass(Document svg, String tag, String kind) {
        return elements(svg, tag).stream()
                .filter(element -> element.getAttribute("class").equals(kind))
                .toList();
    }

    private static List<Element> elements(Document svg, String tag) {
        NodeList nodes = svg.getElementsByTagName(tag);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }
}
