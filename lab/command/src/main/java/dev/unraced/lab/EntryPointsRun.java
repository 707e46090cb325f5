// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import dev.unraced.capture.CaptureException;
import dev.unraced.cli.common.ChosenDriver;
import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.conformance.DiscoveredDriver;
import dev.unraced.conformance.attack.AttackCorpus;
import dev.unraced.conformance.entrypoint.EntryPointCheck;
import dev.unraced.conformance.entrypoint.EntryPointResult;
import dev.unraced.conformance.entrypoint.EntryPointResult.Status;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.driver.Driver;
import dev.unraced.event.EventView;
import dev.unraced.format.EventWriter;
import dev.unraced.format.JsonEventWriter;
import dev.unraced.format.LineBuffer;
import dev.unraced.format.OpenFlagNames;
import dev.unraced.format.TextEventWriter;
import dev.unraced.format.WallClock;
import dev.unraced.lab.attack.AttackedPlace;
import dev.unraced.lab.attack.EntryPointReport;
import dev.unraced.selection.Drivers;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Has the calls made, and prints the results. */
final class EntryPointsRun {
    private static final int LINE_BYTES = 512;

    private final Console console;
    private final boolean json;

    EntryPointsRun(Console console, boolean json) {
        this.console = console;
        this.json = json;
    }

    /**
     * Makes the calls and prints the results.
     *
     * @param name the driver's name, or null for the driver that the configuration chooses
     * @throws CaptureException when the driver cannot run
     */
    int run(Drivers drivers, @Nullable String name) {
        Driver driver = ChosenDriver.of(drivers, name);
        DriverUnderTest under =
                new DiscoveredDriver(driver, drivers.actorHost(driver.name()), DriverUnderTest.USUAL_PATIENCE);
        AttackedPlace place = new AttackedPlace(
                driver.name(), AttackCorpus.kernel(under), Runtime.getRuntime().availableProcessors());
        WallClock clock = new WallClock();
        OpenFlagNames flags = OpenFlagNames.ofThisMachine();
        List<EntryPointResult<String>> results;
        if (json) {
            EventWriter writer = new JsonEventWriter(clock, flags);
            results = EntryPointCheck.run(under, event -> rendered(writer, clock, event));
            console.print(EntryPointReport.json(place, results));
        } else {
            TextEventWriter writer = new TextEventWriter(clock, flags, ZoneId.systemDefault(), false, console.isUtf8());
            results = EntryPointCheck.run(under, event -> rendered(writer::writeCall, clock, event));
            console.print(EntryPointReport.text(place, results));
        }
        return results.stream().anyMatch(result -> result.status() == Status.MISSED) ? ExitCode.FAILURE : ExitCode.OK;
    }

    private static String rendered(EventWriter writer, WallClock clock, EventView event) {
        clock.arrived(event.nanos());
        LineBuffer line = new LineBuffer(LINE_BYTES);
        writer.write(event, line);
        return line.toString().strip();
    }
}
