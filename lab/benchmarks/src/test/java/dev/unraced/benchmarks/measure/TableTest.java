// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TableTest {
    private static final Table TABLE = new Table(
            "some",
            "some <title>",
            List.of(new Table.Column("a", "first", 0), new Table.Column("b", "second", 1)),
            List.of(Table.Row.of("short", 1.0, Double.NaN), Table.Row.of("a long name", 1_000_000.0, 2.5)),
            List.of("a note"));

    @Test
    void printsInColumns() {
        StringWriter text = new StringWriter();
        TABLE.print(new PrintWriter(text));
        assertThat(text.toString().lines())
                .containsExactly(
                        "some <title>",
                        "               first  second",
                        "short              1        ",
                        "a long name  1000000     2.5",
                        "a note",
                        "");
    }

    @Test
    void writesWhatThereIs() throws IOException {
        assertThat(MeasurementCommand.json("a machine", List.of(TABLE)).replaceAll("\\s+", ""))
                .isEqualTo("{\"machine\":\"amachine\",\"tables\":[{\"id\":\"some\",\"title\":\"some<title>\","
                        + "\"columns\":[{\"key\":\"a\",\"heading\":\"first\",\"decimals\":0},"
                        + "{\"key\":\"b\",\"heading\":\"second\",\"decimals\":1}],"
                        + "\"rows\":[{\"name\":\"short\",\"a\":1.0},"
                        + "{\"name\":\"alongname\",\"a\":1000000.0,\"b\":2.5}],\"notes\":[\"anote\"]}]}");
    }

    @Test
    void findsANumber() {
        assertThat(TABLE.value("a long name", "b")).isEqualTo(2.5);
        assertThat(TABLE.value("a long name", "c")).isNaN();
        assertThat(TABLE.value("nobody", "a")).isNaN();
    }

    @Test
    void refusesARowOfAnotherWidth() {
        assertThatThrownBy(() -> new Table("t", "t", List.of(), List.of(Table.Row.of("r", 1.0)), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not have 0 numbers");
    }
}
