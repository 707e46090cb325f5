// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.capture.Capture;
import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.StatsText;
import dev.unraced.cli.common.VersionProvider;
import dev.unraced.event.EventView;
import dev.unraced.format.EcsEventWriter;
import dev.unraced.format.EventWriter;
import dev.unraced.format.HostName;
import dev.unraced.format.JsonEventWriter;
import dev.unraced.format.OcsfEventWriter;
import dev.unraced.format.OpenFlagNames;
import dev.unraced.format.TextEventWriter;
import dev.unraced.format.WallClock;
import dev.unraced.process.ProcessTable;
import java.time.ZoneId;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options for how events are printed, and what is printed at the end. */
final class PrintOptions {
    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description =
                    "How to print an event: table (default), or as a JSON object on a line: json, with every field,"
                            + " see docs/reference/events.md; ocsf, by the Open Cybersecurity Schema Framework; ecs,"
                            + " by the Elastic Common Schema.")
    private @Nullable OutputFormat chosen;

    @Option(names = "--json", description = "Short for --format json.")
    private boolean json;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            description = "Colours: auto, always or never. Default: auto, which honours NO_COLOR.")
    private ColorMode color = ColorMode.AUTO;

    @Option(names = "--wide", description = "Do not fit the table to the terminal, and cut no path.")
    private boolean wide;

    @Option(
            names = "--summary",
            description = "Print no events, but at the end how many there were by program, file, peer, result and"
                    + " integrity, as a table or with --json as an object.")
    private boolean summary;

    @Option(names = "--stats", description = "Print all statistics at the end, those of the stash included.")
    private boolean stats;

    private final Summary counted = new Summary();

    /**
     * Refuses option sets that make no sense, before a capture is opened.
     *
     * @throws ParameterException whose message says what to do
     */
    void check(CommandLine command) {
        if (json && chosen != null && chosen != OutputFormat.json) {
            throw new ParameterException(command, "--json and --format " + chosen + " exclude each other");
        }
        OutputFormat format = format();
        if (summary && format != OutputFormat.table && format != OutputFormat.json) {
            throw new ParameterException(command, "--summary is a table or JSON, and not " + format);
        }
    }

    private OutputFormat format() {
        if (json) {
            return OutputFormat.json;
        }
        return chosen == null ? OutputFormat.table : chosen;
    }

    /**
     * Counts events instead of printing them, and shows the counts while they grow.
     *
     * @throws ParameterException when they cannot be shown so
     */
    void countOnTerminal(CommandLine command, Console console) {
        if (!console.outIsTerminal()) {
            throw new ParameterException(command, "--top needs a terminal; --summary counts until the end");
        }
        if (!console.movesCursor()) {
            throw new ParameterException(
                    command, "--top moves the cursor, which TERM=dumb does not have; --summary counts until the end");
        }
        if (format() != OutputFormat.table) {
            throw new ParameterException(command, "--top shows tables, and no " + format());
        }
        summary = true;
    }

    /** Returns the view of the counts that {@link #countOnTerminal} asked for. */
    LiveSummary live(Console console, Supplier<String> status) {
        return new LiveSummary(counted, console, status);
    }

    /**
     * Returns a writer of the chosen format, for a console.
     *
     * @param prints whether events are to be printed at all
     * @param table knows the processes behind the events; null without process events
     * @param isByLink says of an open whose path DIFFERS whether a trusted link leads from the path to the file
     */
    EventWriter writer(
            boolean prints,
            WallClock clock,
            Console console,
            @Nullable ProcessTable table,
            Predicate<EventView> isByLink) {
        if (summary) {
            return counted;
        }
        if (!prints) {
            return (event, out) -> {};
        }
        OpenFlagNames flags = OpenFlagNames.ofThisMachine();
        return switch (format()) {
            case json -> new JsonEventWriter(clock, flags, table);
            case ocsf -> new OcsfEventWriter(clock, flags, HostName.ofThisMachine(), VersionProvider.version(), table);
            case ecs -> new EcsEventWriter(clock, flags, HostName.ofThisMachine(), table);
            case table ->
                new TextEventWriter(
                        clock,
                        flags,
                        ZoneId.systemDefault(),
                        color.isOn(console),
                        console.isUtf8(),
                        wide ? 0 : console.columns(),
                        table,
                        isByLink);
        };
    }

    /** Says in a few words what became of the events. */
    String describe(EventPrinter printer) {
        String text = StatsText.printed(printer.printed(), printer.filtered());
        return summary ? text.replace("printed", "counted") : text;
    }

    /**
     * Prints how many events there were, and how many were lost, and why.
     *
     * @param printed what became of the events
     * @param table knows the processes; null without process events
     */
    void summarise(
            Console console, Capture capture, String printed, Recording recording, @Nullable ProcessTable table) {
        count(console);
        String output = Stream.of(printed, recording.describe())
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(", "));
        console.say(StatsText.summary(output, capture.driver(), capture.stats()));
        Stream.of(
                        StatsText.losers(capture.stats()),
                        StatsText.gaps(capture.gaps()),
                        table == null || stats ? "" : StatsText.processes("unraced", table))
                .filter(line -> !line.isEmpty())
                .forEach(console.err()::println);
        if (stats) {
            console.err().println(StatsText.details(capture.stats()));
            if (table != null) {
                console.err().println("  " + StatsText.processCounts(table));
            }
        }
    }

    /** Prints the counts, if they are wanted. */
    void count(Console console) {
        if (summary) {
            boolean asJson = format() == OutputFormat.json;
            console.print(asJson ? counted.toJson() : Console.printable(counted.toText()));
        }
    }
}
