// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.cli.common.ConfigOptions;
import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.NamedStream;
import dev.unraced.cli.common.OutputException;
import dev.unraced.cli.common.SlowStart;
import dev.unraced.cli.common.SourceOptions;
import dev.unraced.cli.common.StatusLine;
import dev.unraced.cli.common.StopSignals;
import dev.unraced.cli.common.UserOption;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.format.EventWriter;
import dev.unraced.format.WallClock;
import dev.unraced.process.ProcessTable;
import dev.unraced.selection.Drivers;
import dev.unraced.selection.Selection;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a command, and prints the events of it and of all that it starts. */
@Command(
        name = "run",
        header = "Run a command, and print its opens and connects.",
        description = {
            "Those of all that it starts, too, from the first call on. Standard input and output are the command's; the"
                    + " events go to standard error, or to --output. Needs root, and a driver that watches this"
                    + " machine.",
            ""
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  sudo unraced run cat /etc/hostname",
            "  sudo unraced run --failed -- make -j4",
            "  sudo unraced run --syscalls connect --json --output net.jsonl -- curl -s https://example.org",
            "  sudo unraced run --record build.rec --no-print -- make",
            "",
            "Exit codes: that of the command, 128 and the number if a signal ended it, or came before it was run, 127"
                    + " if there is no such command, 126 if it cannot be executed; 1 no driver can run, the events"
                    + " cannot be written, or the command was not run; 2 wrong command line or configuration."
        })
public final class RunCommand implements Callable<Integer> {
    private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);
    /** The exit code of a command that a signal ended is this and the signal's number. */
    private static final int ENDED_BY_SIGNAL = 128;

    private static final String NOT_RUN = "unraced: ended before the command was run";

    private final Console console;
    private final Supplier<Drivers> drivers;
    private final Supplier<RunCgroup> cgroups;

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
            names = "--output",
            paramLabel = "FILE",
            description = "Where to print the events. Default: standard error.")
    private @Nullable Path output;

    @Parameters(paramLabel = "COMMAND", arity = "1..*", description = "The command and its arguments.")
    private List<String> command = List.of();

    public RunCommand(Console console, Supplier<Drivers> drivers) {
        this(console, drivers, RunCgroup::create);
    }

    RunCommand(Console console, Supplier<Drivers> drivers, Supplier<RunCgroup> cgroups) {
        this.console = console;
        this.drivers = drivers;
        this.cgroups = cgroups;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        StopSignals signals = StopSignals.install();
        signals.lastWords(() -> console.err().println(NOT_RUN));
        print.check(spec.commandLine());
        record.check(spec.commandLine());
        CaptureConfigBuilder builder =
                config.builder().knownDrivers(drivers.get().names());
        source.apply(builder, users);
        processes.apply(builder);
        CaptureConfig chosen = builder.build();
        filter.check(chosen.filters().result());
        if (!chosen.filters().tgids().isEmpty() || !chosen.filters().cgroups().isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "run chooses the processes itself; --pid and --cgroup are for watch");
        }
        Drivers all = drivers.get();
        Selection selection = all.select(chosen);
        if (all.actorHost(selection.driver().name()).isPresent()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "driver " + selection.driver().name() + " watches another place than this machine; watch shows it");
        }
        try (RunCgroup cgroup = cgroups.get()) {
            int code = run(all, builder.cgroups(cgroup.id()).build(), cgroup, signals);
            if (!cgroup.remove()) {
                console.err().println("unraced: processes that the command started live on, unwatched, in " + cgroup);
            }
            return code;
        }
    }

    private int run(Drivers all, CaptureConfig built, RunCgroup cgroup, StopSignals signals)
            throws IOException, InterruptedException {
        try (OutputStream file = output == null ? OutputStream.nullOutputStream() : create(output);
                Capture capture = open(all, built)) {
            if (signals.received().isPresent()) {
                signals.stopped();
                console.err().println(NOT_RUN);
                return ENDED_BY_SIGNAL + signals.received().getAsInt();
            }
            Console to = new Console(
                    output == null ? NamedStream.ofErr(console) : NamedStream.of(output.toString(), file),
                    console.err(),
                    output == null && console.errIsTerminal(),
                    false,
                    console.errIsTerminal(),
                    console.environment());
            return run(capture, to, cgroup, signals);
        }
    }

    private Capture open(Drivers all, CaptureConfig built) {
        try (SlowStart starting = SlowStart.begin(console)) {
            return all.open(built);
        }
    }

    private int run(Capture capture, Console to, RunCgroup cgroup, StopSignals signals)
            throws IOException, InterruptedException {
        WallClock clock = new WallClock();
        ProcessTable table = capture.processTable();
        boolean areHere = ChosenPrograms.areHere(capture);
        EventWriter writer = print.writer(record.prints(), clock, to, table, RootLinks.of(capture.driver()));
        EventPrinter printer = new EventPrinter(
                filter.filter().and(processes.filter(table, areHere)),
                writer,
                clock,
                to,
                StatusLine.none(to.err()),
                processes.ofProcesses(table, areHere).and(filter.ofProcesses()));
        Recording recording = record.open(capture);
        Watch watch = new Watch(capture, printer, recording, () -> {}, Long.MAX_VALUE, FOREVER);
        Process child = cgroup.start(RawArguments.of(command));
        signals.passOn(child);
        signals.stopped();
        if (signals.received().isPresent()) {
            // The signal came while the command began, and nobody has passed it on.
            child.destroy();
        }
        Thread waiter = new Thread(() -> awaitEnd(child, watch), "unraced-run");
        waiter.setDaemon(true);
        waiter.start();
        try (recording) {
            watch.run();
            capture.close();
        } catch (RuntimeException e) {
            boolean isFailure = !(e instanceof OutputException failed && failed.isReaderGone());
            if (child.isAlive()) {
                console.err()
                        .println("unraced: " + (isFailure ? "watching failed" : "nobody reads the events any more")
                                + "; the command goes on unwatched");
                child.waitFor();
            }
            if (isFailure) {
                throw e;
            }
        } finally {
            String printed = record.prints() ? print.describe(printer) : "";
            print.summarise(to, capture, printed, recording, table);
        }
        int code = child.waitFor();
        if (!cgroup.wasEntered()) {
            throw new CaptureException("the command was not run, since its cgroup " + cgroup + " could not be entered");
        }
        return code;
    }

    private static void awaitEnd(Process child, Watch watch) {
        try {
            child.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            watch.stop();
        }
    }

    private static OutputStream create(Path file) {
        try {
            return Files.newOutputStream(file);
        } catch (IOException e) {
            throw new OutputException(file, e);
        }
    }
}
