// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.capture.Capture;
import dev.unraced.cli.common.ChosenProcesses;
import dev.unraced.cli.common.ConfigOptions;
import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.DurationConverter;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.cli.common.OutputException;
import dev.unraced.cli.common.OutputPipe;
import dev.unraced.cli.common.ReadyFile;
import dev.unraced.cli.common.SlowStart;
import dev.unraced.cli.common.SourceOptions;
import dev.unraced.cli.common.StatsText;
import dev.unraced.cli.common.StatusLine;
import dev.unraced.cli.common.StopSignals;
import dev.unraced.cli.common.UserOption;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.config.EventFilters;
import dev.unraced.driver.Driver;
import dev.unraced.format.WallClock;
import dev.unraced.process.ProcessTable;
import dev.unraced.selection.Drivers;
import dev.unraced.server.linux.ServiceManager;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Prints events as they come. */
@Command(
        name = "watch",
        header = "Print one line per open or connect.",
        description = {
            "Runs until Ctrl-C, --duration or --count, or until a recording that is replayed ends, or all processes of"
                    + " --pid. A final line on standard error says how many events there were, and how many were lost, and why.",
            ""
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  unraced watch --duration 10s",
            "  unraced watch --syscalls connect --failed",
            "  unraced watch --path-prefix /etc --mitigation off",
            "  unraced watch --path-like '*.so*' --not-path '/usr/*' --not-comm ldconfig",
            "  unraced watch --port 22,443 --address 10.0.0.0/8",
            "  unraced watch --json --pid 4242 > events.jsonl",
            "  unraced watch --format ocsf --syscalls connect",
            "  unraced watch --top",
            "  unraced watch --duration 1m --record build.rec --no-print",
            "  unraced watch --json | jq 'select(.path_provenance == \"EXIT\")'",
            "",
            "Exit codes: 0 success, also after Ctrl-C or when the reader of a pipe is gone; 1 failure; 2 wrong command"
                    + " line or configuration."
        })
public final class WatchCommand implements Callable<Integer> {
    private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

    private final Console console;
    private final Supplier<Drivers> drivers;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions config;

    @Mixin
    private SourceOptions source;

    @Mixin
    private UserOption users;

    @Mixin
    private FilterOptions filter;

    @Mixin
    private ProcessOptions processes;

    @Mixin
    private RecordOptions record;

    @Mixin
    private PrintOptions print;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "Stop after N lines; with --no-print, after as many events.")
    private @Nullable Long count;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Stop after this time: 5, 5s, 500ms, 2m, 1h.")
    private Duration duration = FOREVER;

    @Option(names = "--top", description = "Count like --summary, and show the counts on the terminal while they grow.")
    private boolean top;

    @Option(
            names = "--json-schema",
            description = "Print the JSON Schema of the lines of --json, with every field, and capture nothing. Stands"
                    + " alone.")
    private boolean jsonSchema;

    @Mixin
    private ReadyFile ready;

    @Option(names = "--no-status", description = "No status line, even if standard error is a terminal.")
    private boolean noStatus;

    public WatchCommand(Console console, Supplier<Drivers> drivers) {
        this.console = console;
        this.drivers = drivers;
    }

    @Override
    public Integer call() {
        if (jsonSchema) {
            return printSchema();
        }
        // Nobody may take the file of a killed predecessor for this one's, whatever comes next.
        ready.check(spec.commandLine());
        if (count != null && count < 1) {
            throw new ParameterException(spec.commandLine(), "--count must be 1 or more, not " + count);
        }
        if (duration.isZero()) {
            throw new ParameterException(spec.commandLine(), "--duration must be more than 0");
        }
        print.check(spec.commandLine());
        record.check(spec.commandLine());
        if (top) {
            print.countOnTerminal(spec.commandLine(), console);
        }
        CaptureConfigBuilder builder =
                config.builder().knownDrivers(drivers.get().names());
        source.apply(builder, users);
        processes.apply(builder);
        CaptureConfig built = builder.build();
        filter.check(built.filters().result());
        StopSignals signals = StopSignals.install();
        signals.lastWords(() -> console.err().println("unraced: ended before it captured anything"));
        try (Capture capture = open(built);
                StatusLine status = statusLine()) {
            ChosenProcesses living = ChosenProcesses.ofThisMachine();
            living.check(spec.commandLine(), capture.driver(), built.filters());
            living.check(spec.commandLine(), capture.driver(), "--descendants-of", processes.ancestors());
            living.emptyNamespace(capture.driver(), built.filters().mountNamespaces())
                    .ifPresent(console.err()::println);
            warnOfForkers(built.filters());
            EventFilters inForce = processes.filterAtSource(capture, built.filters(), record.isWanted());
            watch(
                    capture,
                    built,
                    inForce,
                    living.haveEnded(capture.driver(), built.filters().tgids()),
                    status,
                    signals);
        } catch (OutputException e) {
            if (!e.isReaderGone()) {
                throw e;
            }
        }
        return ExitCode.OK;
    }

    private int printSchema() {
        CommandLine.ParseResult given = spec.commandLine().getParseResult();
        if (given.matchedOptions().size() > 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--json-schema stands alone: it prints the schema of all that --json prints, and captures nothing");
        }
        console.print(EventSchema.text());
        return ExitCode.OK;
    }

    /**
     * The filters let a fork through by its forker (R16.7), and without the fork nobody knows who descends from whom.
     */
    private void warnOfForkers(EventFilters filters) {
        boolean byCaller = !filters.tgids().isEmpty()
                || !filters.uids().isEmpty()
                || !filters.cgroups().isEmpty()
                || !filters.mountNamespaces().isEmpty();
        if (!processes.ancestors().isEmpty() && byCaller) {
            console.err()
                    .println(
                            "unraced: --descendants-of misses processes whose forker the other filters leave out: a root"
                                    + " daemon's children, with --uid nobody. Leave those filters out to see all.");
        }
    }

    private Capture open(CaptureConfig built) {
        try (SlowStart starting = SlowStart.begin(console)) {
            return drivers.get().open(built);
        }
    }

    private Map<String, String> notes(Capture capture, CaptureConfig built) {
        Driver driver = drivers.get().all().get(capture.driver());
        return driver == null ? Map.of() : driver.notes(built);
    }

    private void watch(
            Capture capture,
            CaptureConfig built,
            EventFilters inForce,
            BooleanSupplier haveEnded,
            StatusLine status,
            StopSignals signals) {
        WallClock clock = new WallClock();
        boolean areHere = ChosenPrograms.areHere(capture);
        ProcessTable table = capture.processTable();
        EventPrinter printer = new EventPrinter(
                filter.filter().and(processes.filter(table, areHere)),
                print.writer(record.prints(), clock, console, table, RootLinks.of(capture.driver())),
                clock,
                console,
                status,
                processes.ofProcesses(table, areHere).and(filter.ofProcesses()));
        Recording recording = record.open(capture);
        String begun = CaptureText.begin(capture, inForce);
        console.say(begun);
        CaptureText.awaited(capture, built, () -> notes(capture, built)).forEach(console::say);
        StatusText text = new StatusText(capture, printer);
        LiveSummary live = print.live(console, text::next);
        Runnable pulse = top ? live::pulse : record.prints() ? OutputPipe.check(console) : () -> {};
        Watch watch = new Watch(capture, printer, recording, pulse, count == null ? Long.MAX_VALUE : count, duration);
        watch.stopWhen(new ChosenEnd(haveEnded, status));
        signals.lastWords(
                () -> console.err().println(StatsText.summary(printed(printer), capture.driver(), capture.stats())));
        signals.stopBy(watch::stop);
        ServiceManager manager = new ServiceManager(console.environment());
        try (recording;
                ReadyFile.Written file = ready.write()) {
            manager.ready(begun);
            run(watch, capture, status, text);
        } finally {
            if (top) {
                live.erase();
            }
            print.summarise(console, capture, printed(printer), recording, table);
            if (!processes.unseen().isEmpty()) {
                console.err().println(processes.unseen());
            }
            signals.stopped();
        }
    }

    /** Runs the watch, and closes the capture, since a recording ends with its final statistics. */
    private static void run(Watch watch, Capture capture, StatusLine status, StatusText text) {
        try {
            status.start(text::next);
            watch.run();
        } finally {
            status.close();
            capture.close();
        }
    }

    private String printed(EventPrinter printer) {
        return record.prints() ? print.describe(printer) : "";
    }

    private StatusLine statusLine() {
        return console.errIsTerminal() && console.movesCursor() && !noStatus && !top
                ? StatusLine.on(console.err(), console.outIsTerminal())
                : StatusLine.none(console.err());
    }
}
