// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.unraced.cli.attack.AttackedPlace;
import dev.unraced.cli.print.EventWriter;
import dev.unraced.cli.print.JsonEventWriter;
import dev.unraced.cli.print.LineBuffer;
import dev.unraced.cli.print.OpenFlags;
import dev.unraced.cli.print.TextEventWriter;
import dev.unraced.cli.print.WallClock;
import dev.unraced.conformance.AttackCorpus;
import dev.unraced.conformance.DiscoveredDriver;
import dev.unraced.conformance.DriverUnderTest;
import dev.unraced.conformance.EntranceCheck;
import dev.unraced.conformance.EntranceResult;
import dev.unraced.conformance.EntranceResult.Status;
import dev.unraced.driver.CaptureException;
import dev.unraced.driver.Driver;
import dev.unraced.driver.Drivers;
import dev.unraced.event.EventView;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Has the calls made, and prints what came of them. */
final class EntrancesRun {
    private static final int LINE_BYTES = 512;
    private static final int CALL_WIDTH = 8;

    private final Console console;
    private final boolean json;

    EntrancesRun(Console console, boolean json) {
        this.console = console;
        this.json = json;
    }

    /**
     * Runs.
     *
     * @param name the driver, or null for the one that the configuration chooses
     * @throws CaptureException when it cannot run
     */
    int run(Drivers drivers, @Nullable String name) {
        Driver driver = AttackRun.chosen(drivers, name);
        DriverUnderTest under =
                new DiscoveredDriver(driver, drivers.stage(driver.name()), DriverUnderTest.USUAL_PATIENCE);
        AttackedPlace place = new AttackedPlace(
                driver.name(), AttackCorpus.kernel(under), Runtime.getRuntime().availableProcessors());
        WallClock clock = new WallClock();
        OpenFlags flags = OpenFlags.ofThisMachine();
        List<EntranceResult<String>> results;
        if (json) {
            EventWriter writer = new JsonEventWriter(clock, flags);
            results = EntranceCheck.run(under, event -> rendered(writer, clock, event));
            console.print(json(place, results));
        } else {
            TextEventWriter writer = new TextEventWriter(clock, flags, ZoneId.systemDefault(), false, console.isUtf8());
            results = EntranceCheck.run(under, event -> rendered(writer::writeCall, clock, event));
            console.print(text(place, results));
        }
        return results.stream().anyMatch(result -> result.status() == Status.MISSED) ? ExitCode.FAILURE : ExitCode.OK;
    }

    private static String rendered(EventWriter writer, WallClock clock, EventView event) {
        clock.arrived(event.nanos());
        LineBuffer line = new LineBuffer(LINE_BYTES);
        writer.write(event, line);
        return line.toString().strip();
    }

    private static String text(AttackedPlace place, List<EntranceResult<String>> results) {
        int width = results.stream()
                .mapToInt(result -> result.entrance().way().length())
                .max()
                .orElse(0);
        StringBuilder text = new StringBuilder(place + "\n\n");
        for (EntranceResult<String> result : results) {
            text.append(String.format(
                    Locale.ROOT, "%-" + width + "s  ", result.entrance().way()));
            text.append(result.event().orElseGet(() -> unseen(result))).append('\n');
        }
        return text.toString();
    }

    private static String unseen(EntranceResult<String> result) {
        String why = switch (result.status()) {
            case IMPOSSIBLE -> "not here: ";
            case NOT_DECLARED -> "not seen by this driver: ";
            case SEEN, MISSED -> "MISSED: ";
        };
        return String.format(
                Locale.ROOT,
                "%-" + CALL_WIDTH + "s%s%s",
                result.entrance().syscall().name().toLowerCase(Locale.ROOT),
                why,
                result.reason());
    }

    private static String json(AttackedPlace place, List<EntranceResult<String>> results) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("driver", place.driver());
            json.writeStringField("kernel", place.kernel());
            json.writeArrayFieldStart("entrances");
            for (EntranceResult<String> result : results) {
                json.writeStartObject();
                json.writeStringField("way", result.entrance().way());
                json.writeStringField(
                        "syscall", result.entrance().syscall().name().toLowerCase(Locale.ROOT));
                json.writeStringField("status", result.status().name());
                json.writeStringField("reason", result.reason());
                json.writeFieldName("event");
                json.writeRawValue(result.event().orElse("null"));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }
}
