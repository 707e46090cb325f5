// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

final class BarChartTest {
    @Test
    void drawsABarForEachNumber() throws Exception {
        Table.Column column = new Table.Column("ns", "ns & \"more\"", 0);
        Table table = new Table(
                "t",
                "a <title>",
                List.of(column),
                List.of(
                        Table.Row.of("none", Double.NaN),
                        Table.Row.of("half", 50.0),
                        Table.Row.of("whole", 100.0),
                        Table.Row.of("below", -1.0)),
                List.of());
        Document svg = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(BarChart.svg(table, column).getBytes(StandardCharsets.UTF_8)));
        assertThat(svg.getElementsByTagName("title").item(0).getTextContent()).isEqualTo("a <title>: ns & \"more\"");
        assertThat(svg.getElementsByTagName("rect").getLength()).isEqualTo(3);
        double half = width(svg, 0);
        assertThat(width(svg, 1)).isEqualTo(2 * half);
        assertThat(width(svg, 2)).isZero();
    }

    private static double width(Document svg, int bar) {
        return Double.parseDouble(((Element) svg.getElementsByTagName("rect").item(bar)).getAttribute("width"));
    }
}
