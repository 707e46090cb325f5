// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.DurationConverter;
import dev.unraced.event.Mitigation;
import dev.unraced.selection.Drivers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Attacks a live capture. Only {@link AttackRun} refers to the kit, so the other subcommands need not load it. */
@Command(
        name = "attack",
        header = "Attack a live capture, and count the events that are deceived.",
        description = {
            "A program of its own makes calls whose arguments another thread swaps, or which are meant to confuse. It knows"
                    + " from its own descriptors what the kernel really did, and each event is compared with that. Takes"
                    + " about a minute for each mode, and the privileges that the driver needs.",
            ""
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  sudo unraced lab attack",
            "  sudo unraced lab attack flip flip-connect --mitigation stash --calls 200000",
            "  sudo unraced lab attack --json | jq '.results[] | select(.false_matches > 0)'",
            "  unraced lab attack --list",
            "",
            "Exit codes: 0 no event asserts what is not so without the flag that says it may not be; 1 one does, or the driver"
                    + " cannot run; 2 wrong command line or configuration; 3 an attack that was named, or any at all, was not"
                    + " played."
        })
final class AttackCommand implements Callable<Integer> {
    private static final int DEFAULT_CALLS = 20_000;

    private final Console console;
    private final Supplier<Drivers> drivers;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "NAME",
            description = "Which attacks. Default: all; --list lists them. The name of several selects each.")
    private List<String> names = List.of();

    @Option(
            names = "--driver",
            paramLabel = "NAME",
            description = "The driver. Default: the one that watch would take.")
    private @Nullable String driver;

    @Option(
            names = "--mitigation",
            paramLabel = "MODE",
            split = ",",
            description = "Under which modes: off, stash, kernel. Default: all.")
    private List<Mitigation> modes = List.of();

    @Option(
            names = "--calls",
            paramLabel = "N",
            description = "How many calls each attack makes; slow ones make fewer. Default: ${DEFAULT-VALUE}.")
    private int calls = DEFAULT_CALLS;

    @Option(
            names = "--patience",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long to wait for what must come, such as an event: 60, 60s, 2m. Default: 20s.")
    private @Nullable Duration patience;

    @Option(names = "--list", description = "List the attacks.")
    private boolean list;

    @Option(names = "--progress", description = "Show how far it is, even if standard error is no terminal.")
    private boolean progress;

    @Mixin
    private HtmlOption html;

    @ArgGroup
    private Format format = new Format();

    /** The output formats, of which at most one may be given. */
    static final class Format {
        @Option(names = "--json", description = "One JSON object; see docs/reference/commands.md.")
        boolean json;

        @Option(names = "--markdown", description = "A table for a document.")
        boolean markdown;
    }

    AttackCommand(Console console, Supplier<Drivers> drivers) {
        this.console = console;
        this.drivers = drivers;
    }

    @Override
    public Integer call() {
        if (calls < 1) {
            throw usage("--calls must be 1 or more, not " + calls);
        }
        html.check();
        AttackRun run = new AttackRun(console, progress, format.json, format.markdown, html);
        for (String name : names) {
            if (!run.isAttack(name)) {
                String meant = run.nearest(name)
                        .map(nearest -> "did you mean " + nearest + "? ")
                        .orElse("");
                throw usage("'" + name + "' is no attack; " + meant + "'unraced lab attack --list' lists them");
            }
        }
        if (list) {
            return run.list();
        }
        Drivers all = drivers.get();
        if (driver != null && !all.names().contains(driver)) {
            throw usage("No driver is named '" + driver + "'; known drivers: " + String.join(", ", all.names()));
        }
        int code = run.attack(
                all,
                driver,
                names,
                modes.isEmpty() ? List.of(Mitigation.values()) : modes,
                !modes.isEmpty(),
                calls,
                patience);
        html.write();
        return code;
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
