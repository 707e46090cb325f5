// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.conformance;

import dev.unraced.capture.CaptureException;
import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.DurationConverter;
import dev.unraced.selection.Drivers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Shows which of the rules a driver keeps. Only {@link ConformanceRun} refers to the kit, so the other subcommands need
 * not load it.
 */
@Command(
        name = "conformance",
        header = "Say which of the rules of docs/spec.md a driver keeps.",
        description = {
            "Makes real system calls, well and maliciously, and compares each event with what really happened.",
            "Takes a minute or two, and the privileges that the driver needs. Ctrl-C and SIGTERM end it with a report"
                    + " of what was judged. The driver's own keys come from the file that UNRACED_CONFIG names, and from"
                    + " the environment.",
            ""
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  sudo unraced conformance",
            "  sudo unraced conformance --driver ebpf --rules 'R2.*,R9.1'",
            "  sudo unraced conformance --json | jq '.rules[] | select(.status == \"BROKEN\")'",
            "",
            "Exit codes: 0 no rule is broken; 1 one is, no driver can run, or a signal came; 2 wrong command line or"
                    + " configuration."
        })
public final class ConformanceCommand implements Callable<Integer> {
    private final Console console;
    private final Supplier<Drivers> drivers;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--driver",
            paramLabel = "NAME",
            description = "The driver. Default: the one that watch would take.")
    private @Nullable String driver;

    @Option(
            names = "--rules",
            paramLabel = "PATTERN",
            description = "Only these rules, by number: R2.15, R2.*, or several with commas. Default: all.")
    private String rules = "*";

    @Option(
            names = "--patience",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long to wait for what must come, such as an event: 60, 60s, 2m. More for a slow machine,"
                    + " less for a driver in the making; after three waits in vain the next are shorter. Default: 20s.")
    private @Nullable Duration patience;

    @Option(
            names = "--stall",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long the reader of rule R9.3 stalls while calls go on, as a soak: 60, 60s, 2m."
                    + " Default: 0.2 s.")
    private @Nullable Duration stall;

    @Option(
            names = "--intensity",
            paramLabel = "FRACTION",
            description = "What part of the calls, threads and races to make, more than 0 and up to 1: a quick try of a"
                    + " new driver. Default: ${DEFAULT-VALUE}.")
    private double intensity = 1;

    @Option(
            names = "--times",
            paramLabel = "N",
            description = "Judge that often, as a soak, until a rule is broken. Default: ${DEFAULT-VALUE}.")
    private int times = 1;

    @Option(
            names = "--progress",
            description = "Show each broken rule, and each group, as soon as it is judged, even if standard error is no"
                    + " terminal.")
    private boolean progress;

    @Option(names = "--json", description = "One JSON object; see docs/reference/commands.md.")
    private boolean json;

    @Option(names = "--junit-xml", paramLabel = "FILE", description = "Also write the report as build servers read it.")
    private @Nullable Path junitXml;

    public ConformanceCommand(Console console, Supplier<Drivers> drivers) {
        this.console = console;
        this.drivers = drivers;
    }

    @Override
    public Integer call() {
        if (times < 1) {
            throw new ParameterException(spec.commandLine(), "--times must be 1 or more, not " + times);
        }
        if (!(intensity > 0 && intensity <= 1)) {
            throw new ParameterException(
                    spec.commandLine(), "--intensity must be more than 0 and at most 1, not " + intensity);
        }
        ConformanceRun run = run();
        if (!run.hasRules()) {
            throw new ParameterException(spec.commandLine(), "No rule has a number like '" + rules + "'");
        }
        Drivers all = drivers.get();
        if (driver != null && !all.names().contains(driver)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "No driver is named '" + driver + "'; known drivers: " + String.join(", ", all.names()));
        }
        return run.driver(all, driver, times, patience, stall, intensity, junitXml);
    }

    private ConformanceRun run() {
        try {
            return new ConformanceRun(console, rules, json, progress);
        } catch (NoClassDefFoundError e) {
            throw new CaptureException(
                    "The kit is not on the class path; it lies in lib/kit, and ./unraced and the package's command add it:"
                            + " -cp 'unraced-cli.jar:lib/*:lib/kit/*'",
                    e);
        }
    }
}
