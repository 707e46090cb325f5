// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.serve;

import dev.unraced.cli.common.ConfigOptions;
import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.cli.common.SourceFilterOptions;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.config.EventFilters;
import dev.unraced.config.ResultFilter;
import dev.unraced.event.Mitigation;
import dev.unraced.remote.RemoteControl;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Gives a running server what has changed in the configuration. */
@Command(
        name = "reload",
        header = "Give a running server the filters and the mode of the configuration, as it is now.",
        description = {
            "Changes filters, mode and enter events of the shared capture of 'unraced serve' while it runs, for calls"
                    + " that enter from then on. No event is lost that the filters before and after let through. They"
                    + " become those of the configuration and of these options, so give the options that the server was"
                    + " started with. All other settings wait for its next start. Only root and those whom"
                    + " --control-user or --control-certificate names may do that.",
            ""
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  sudo unraced reload                                after a change in /etc/unraced/unraced.conf",
            "  sudo unraced reload --path /etc --path /root",
            "  sudo unraced reload --set remote.address=unix:/run/agent/unraced.sock --uid www-data",
            "",
            "Exit codes: 0 success; 1 the server refuses, or there is none; 2 wrong command line or configuration."
        })
public final class ReloadCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private ConfigOptions config;

    @Mixin
    private SourceFilterOptions filters;

    @Option(names = "--enter-events", description = "Also an event when a call enters, beside the merged one.")
    private boolean enterEvents;

    @Option(
            names = "--mitigation",
            paramLabel = "MODE",
            description = "How far to go against arguments that change while a call runs: off, stash or kernel.")
    private @Nullable Mitigation mitigation;

    public ReloadCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        CaptureConfigBuilder builder = config.builder();
        filters.apply(builder);
        if (enterEvents) {
            builder.enterEvents(true);
        }
        if (mitigation != null) {
            builder.mitigation(mitigation);
        }
        CaptureConfig built = builder.build();
        String where = RemoteControl.apply(built);
        console.err()
                .println("unraced: the server at " + where + " has mode "
                        + built.mitigation().name().toLowerCase(Locale.ROOT)
                        + (built.enterEvents() ? " with enter events" : "") + ", " + describe(built.filters()));
        return ExitCode.OK;
    }

    private static String describe(EventFilters filters) {
        List<String> chosen = new ArrayList<>();
        add(chosen, "processes", filters.tgids());
        add(chosen, "users", filters.uids());
        add(chosen, "cgroups", filters.cgroups());
        add(chosen, "mount namespaces", filters.mountNamespaces());
        add(chosen, "executables", filters.executables());
        add(chosen, "paths", filters.paths());
        if (filters.result() != ResultFilter.ALL) {
            chosen.add("calls that " + filters.result().name().toLowerCase(Locale.ROOT));
        }
        return chosen.isEmpty() ? "no filters" : "filters: " + String.join(", ", chosen);
    }

    private static void add(List<String> chosen, String what, Collection<?> values) {
        if (!values.isEmpty()) {
            chosen.add(what + " "
                    + String.join(" ", values.stream().map(String::valueOf).toList()));
        }
    }
}
