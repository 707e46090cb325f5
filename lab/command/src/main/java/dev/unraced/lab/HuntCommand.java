// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import dev.unraced.cli.common.ConfigOptions;
import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.DurationConverter;
import dev.unraced.event.Mitigation;
import dev.unraced.selection.Drivers;
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
import picocli.CommandLine.Spec;

/** Hunts for lies. Only {@link HuntRun} refers to the hunt itself. */
@Command(
        name = "hunt",
        header = "Run random programs against a live capture, and look for events that lie.",
        description = {
            "Programs made from a seed mix watched calls by every way into the kernel with everything that moves files,"
                    + " descriptors, sockets, names, mounts and arguments. They log what their own descriptors tell, and"
                    + " each event is compared with that: each field is right, or a flag names it. A lie is shrunk to"
                    + " the shortest program that still shows it, and saved. Needs root, and a driver that watches this"
                    + " machine. With --driver sim, small programs run on a simulated kernel in every order of their"
                    + " steps.",
            ""
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  sudo unraced lab hunt",
            "  sudo unraced lab hunt --mitigation stash --duration 10m --only rings,sockets",
            "  sudo unraced lab hunt --seed 1234 --acts 1000",
            "  sudo unraced lab hunt --only signals,files --set unraced.stash.entries=2",
            "  unraced lab hunt --driver sim --duration 30s",
            "  unraced lab hunt --list",
            "",
            "Exit codes: 0 no event lied; 1 one did, or the driver cannot run; 2 wrong command line or configuration; 3"
                    + " nothing was judged."
        })
final class HuntCommand implements Callable<Integer> {
    private static final long DEFAULT_ACTS = 100_000;

    private final Console console;
    private final Supplier<Drivers> drivers;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions config;

    @Option(
            names = "--mitigation",
            paramLabel = "MODE",
            split = ",",
            description = "Under which modes: off, stash, kernel. Default: off and stash.")
    private List<Mitigation> modes = List.of(Mitigation.OFF, Mitigation.STASH);

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of the first program; each further one has the next number. Default: a fresh one.")
    private @Nullable Long seed;

    @Option(
            names = "--acts",
            paramLabel = "N",
            description = "End a mode when so many calls were made. Default: 100000, without --duration.")
    private @Nullable Long acts;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "End a mode after that long: 60, 60s, 2m.")
    private @Nullable Duration duration;

    @Option(names = "--until-lie", description = "End a mode with the first program that shows a lie.")
    private boolean untilLie;

    @Option(
            names = "--only",
            paramLabel = "KIND",
            split = ",",
            description = "Make programs of these kinds alone; --list lists them.")
    private List<String> kinds = List.of();

    @Option(
            names = "--program",
            paramLabel = "FILE",
            description = "Run this program again and again, instead of random ones.")
    private @Nullable Path program;

    @Option(
            names = "--save",
            paramLabel = "DIRECTORY",
            description = "Where programs that show lies are saved. Default: the working directory.")
    private Path save = Path.of("");

    @Option(
            names = "--shrink",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long to look for the shortest program of each kind of lie; 0 not at all. Default: 20s.")
    private @Nullable Duration shrink;

    @Option(names = "--list", description = "List the kinds of programs.")
    private boolean list;

    @Option(names = "--json", description = "One JSON object; see docs/reference/commands.md.")
    private boolean json;

    @Option(names = "--progress", description = "Show how far it is, even if standard error is no terminal.")
    private boolean progress;

    HuntCommand(Console console, Supplier<Drivers> drivers) {
        this.console = console;
        this.drivers = drivers;
    }

    @Override
    public Integer call() {
        HuntRun run = new HuntRun(console, progress, json);
        for (String kind : kinds) {
            if (!run.isKind(kind)) {
                throw usage("'" + kind + "' is no kind of program; 'unraced lab hunt --list' lists them");
            }
        }
        if (list) {
            return run.list();
        }
        if (acts != null && acts < 1) {
            throw usage("--acts must be 1 or more, not " + acts);
        }
        if (program != null && !Files.isReadable(program)) {
            throw usage("--program: cannot read " + program);
        }
        if (!Files.isDirectory(save.toAbsolutePath())) {
            throw usage("--save: there is no directory " + save);
        }
        long most = acts != null ? acts : duration != null ? Long.MAX_VALUE : DEFAULT_ACTS;
        HuntRun.Limits limits = new HuntRun.Limits(
                most,
                duration == null ? Duration.ofDays(1) : duration,
                untilLie,
                shrink == null ? Duration.ofSeconds(20) : shrink);
        return run.hunt(drivers.get(), config, modes, seed, limits, kinds, program, save);
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
