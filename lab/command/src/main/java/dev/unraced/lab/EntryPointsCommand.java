// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import dev.unraced.cli.common.Console;
import dev.unraced.selection.Drivers;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows by which ways into the kernel calls are seen. Only {@link EntryPointsRun} refers to the kit. */
@Command(
        name = "entry-points",
        header = "Make each call by each way into the kernel, and show the event that came of it.",
        description = {
            "A program of its own makes the calls: as system calls of each convention that the kernel takes, and as requests on"
                    + " io_urings. Each line is a way, and the event as 'watch' prints it; or why there is no such way here,"
                    + " or why the driver does not see it. Takes the privileges that the driver needs.",
            ""
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  sudo unraced lab entry-points",
            "  unraced lab entry-points --driver sim",
            "  sudo unraced lab entry-points --json | jq '.entry_points[] | {way, syscall, status}'",
            "",
            "Exit codes: 0 each call that was made became its event; 1 one did not, or the driver cannot run; 2 wrong command"
                    + " line or configuration."
        })
final class EntryPointsCommand implements Callable<Integer> {
    private final Console console;
    private final Supplier<Drivers> drivers;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--driver",
            paramLabel = "NAME",
            description = "The driver. Default: the one that watch would take.")
    private @Nullable String driver;

    @Option(names = "--json", description = "One JSON object; see docs/reference/commands.md.")
    private boolean json;

    EntryPointsCommand(Console console, Supplier<Drivers> drivers) {
        this.console = console;
        this.drivers = drivers;
    }

    @Override
    public Integer call() {
        Drivers all = drivers.get();
        if (driver != null && !all.names().contains(driver)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "No driver is named '" + driver + "'; known drivers: " + String.join(", ", all.names()));
        }
        return new EntryPointsRun(console, json).run(all, driver);
    }
}
