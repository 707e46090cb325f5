// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import static dev.unraced.format.SampleEvents.open;
import static dev.unraced.format.SampleEvents.record;
import static dev.unraced.format.SampleEvents.utf8;
import static dev.unraced.format.SampleEvents.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.cli.common.Console;
import dev.unraced.event.Integrity;
import dev.unraced.event.Provenance;
import dev.unraced.format.LineBuffer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LiveSummaryTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Summary counted = new Summary();

    @Test
    void drawsAsManyRowsAndColumnsAsTheTerminalHas() {
        for (int i = 0; i < 30; i++) {
            counted.write(
                    view(record(open("/a/path/of/more/than/forty/bytes/" + i).comm(utf8("c" + i)))),
                    new LineBuffer(64));
        }
        live("40", "41").draw();

        List<String> lines = drawn();
        assertThat(lines).hasSizeLessThan(41).first().isEqualTo("12/s, nothing lost");
        assertThat(lines).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(40));
        assertThat(lines).filteredOn(line -> line.contains("(others)")).hasSize(2);
        assertThat(lines).filteredOn(line -> line.contains("/a/path")).hasSize(4);
    }

    @Test
    void anAlarmIsSeenOnASmallTerminal() {
        for (Integrity integrity : Integrity.values()) {
            int calls = integrity == Integrity.CHANGED ? 1 : 3;
            for (int i = 0; i < calls; i++) {
                byte[] event = record(open("/" + i).path(utf8("/" + i), Provenance.ENTER, integrity));
                counted.write(view(event), new LineBuffer(64));
            }
        }
        live("80", "24").draw();
        assertThat(drawn()).hasSizeLessThan(24).anyMatch(line -> line.endsWith("CHANGED"));
    }

    @Test
    void drawsOnceASecond() {
        LiveSummary live = live("80", "24");
        live.pulse();
        int first = out.size();
        live.pulse();
        assertThat(first).isPositive();
        assertThat(out.size()).isEqualTo(first);
    }

    private LiveSummary live(String columns, String lines) {
        Map<String, String> environment = Map.of("COLUMNS", columns, "LINES", lines);
        return new LiveSummary(
                counted, new Console(out, System.err, true, false, true, environment), () -> "12/s, nothing lost");
    }

    private List<String> drawn() {
        return out.toString(StandardCharsets.UTF_8)
                .replaceAll("\u001b\\[[HKJ]", "")
                .lines()
                .toList();
    }
}
