// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.capture.EventHandler;
import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.cli.common.OutputException;
import dev.unraced.cli.common.StatsText;
import dev.unraced.cli.common.StatusLine;
import dev.unraced.cli.common.StopSignals;
import dev.unraced.cli.common.UserOption;
import dev.unraced.event.EventView;
import dev.unraced.event.Feature;
import dev.unraced.event.ProcessView;
import dev.unraced.format.WallClock;
import dev.unraced.process.ProcessTable;
import dev.unraced.recording.RecordingReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the events of a recording. */
@Command(
        name = "replay",
        header = "Print the events of a recording.",
        description = {
            "As watch printed them, or would have, with the times of then, and with the programs behind them where"
                    + " --processes was on. Needs neither root nor a driver. Of a file that is damaged or cut short,"
                    + " everything before the damage comes first.",
            ""
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  unraced replay build.rec",
            "  unraced replay --failed --comm cc1 build.rec",
            "  unraced replay --summary build.rec",
            "",
            "Exit codes: 0 success; 1 the file is no recording, damaged or cut short; 2 wrong command line, or no such"
                    + " file."
        })
public final class ReplayCommand implements Callable<Integer> {
    private static final int BATCH = 1024;

    private final Console console;
    private volatile boolean stopping;

    @Spec
    private CommandSpec spec;

    @Mixin
    private UserOption users;

    @Mixin
    private FilterOptions filter;

    @Mixin
    private ProcessOptions processes;

    @Mixin
    private PrintOptions print;

    @Parameters(paramLabel = "FILE", description = "The recording, as --record of watch and run writes it.")
    private Path file;

    public ReplayCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        print.check(spec.commandLine());
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new ParameterException(spec.commandLine(), file + unreadable());
        }
        StopSignals signals = StopSignals.install(() -> stopping = true);
        try (RecordingReader reader = RecordingReader.open(file)) {
            replay(reader);
        } catch (OutputException e) {
            if (!e.isReaderGone()) {
                throw e;
            }
        } finally {
            signals.stopped();
        }
        return ExitCode.OK;
    }

    private String unreadable() {
        if (Files.notExists(file)) {
            return ": there is no such file";
        }
        return Files.isDirectory(file) ? " is a folder; name a recording in it" : " is no file that can be read";
    }

    private boolean isWanted(long uid) {
        return users.uids().isEmpty() || users.uids().contains(uid);
    }

    private void replay(RecordingReader reader) {
        boolean known = reader.capabilities().has(Feature.PROCESS_EVENTS);
        if (processes.any() && !known) {
            throw new ParameterException(
                    spec.commandLine(), file + " was recorded without --processes, so it does not say who made a call");
        }
        WallClock clock = new WallClock();
        ProcessTable table = known ? ProcessTable.of(Set.of("replay")) : null;
        EventPrinter printer = new EventPrinter(
                filter.filter().and(processes.filter(table, false)).and(event -> isWanted(event.uid())),
                print.writer(true, clock, console, table, event -> false),
                clock,
                console,
                StatusLine.none(console.err()),
                processes.ofProcesses(table, false).and(filter.ofProcesses()).and(event -> isWanted(event.uid())));
        EventHandler printed = new EventHandler() {
            @Override
            public void onEvent(EventView event) {
                clock.know(reader.wallOffsetNanos());
                printer.onEvent(event);
            }

            @Override
            public void onProcess(ProcessView event) {
                clock.know(reader.wallOffsetNanos());
                printer.onProcess(event);
            }
        };
        EventHandler handler = table == null ? printed : EventHandler.withProcesses(table, printed);
        try {
            int handed;
            do {
                handed = reader.poll(handler, BATCH);
            } while (handed > 0 && !stopping);
        } finally {
            printer.flush();
            print.count(console);
            String text = print.describe(printer);
            console.say(reader.stats()
                    .map(stats -> StatsText.summary(text, reader.driver(), stats))
                    .orElse("unraced: " + text + "; of a recording of driver " + reader.driver()
                            + ", whose end was not reached"));
            Stream.of(processes.unseen(), table == null ? "" : StatsText.processes("unraced", table))
                    .filter(line -> !line.isEmpty())
                    .forEach(console.err()::println);
        }
    }
}
