// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import static dev.unraced.format.SampleEvents.utf8;
import static dev.unraced.format.SampleEvents.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.StatusLine;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.Provenance;
import dev.unraced.format.OpenFlagNames;
import dev.unraced.format.SampleEvents;
import dev.unraced.format.TextEventWriter;
import dev.unraced.format.WallClock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventPrinterTest {
    private static final int WIDTH = 80;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void signsAreExplainedOnTheTerminalThatHasThemWithinItsWidth(boolean errIsTerminal) {
        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        Map<String, String> environment = Map.of("COLUMNS", Integer.toString(WIDTH));
        Console console = new Console(out, errors, true, false, errIsTerminal, environment);
        WallClock clock = new WallClock();
        TextEventWriter writer =
                new TextEventWriter(clock, OpenFlagNames.X86, ZoneOffset.UTC, false, true, console.columns());
        StatusLine status = StatusLine.none(console.err());
        EventPrinter printer = new EventPrinter(event -> true, writer, clock, console, status, process -> false);
        printer.onEvent(unchecked());
        printer.flush();
        printer.onEvent(unchecked());
        printer.flush();

        assertThat(out.toString(StandardCharsets.UTF_8)).contains("\"/etc/hosts\"");
        String explained = (errIsTerminal ? err : out).toString(StandardCharsets.UTF_8);
        assertThat(explained).startsWith("unraced: ~ is UNCHECKED").containsOnlyOnce("--wide");
        assertThat(explained.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(WIDTH));
        if (!errIsTerminal) {
            assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        }
    }

    private static EventView unchecked() {
        return view(SampleEvents.open("/etc/hosts")
                .path(utf8("/etc/hosts"), Provenance.ENTER, Integrity.UNCHECKED)
                .flag(EventFlag.FD_TABLE_SHARED));
    }
}
