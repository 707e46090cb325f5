// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options for what the driver captures. */
public final class SourceOptions {
    @Option(
            names = "--syscalls",
            paramLabel = "CALL",
            split = ",",
            description = "Calls to watch, of open, openat, openat2, creat, connect. Default: all.")
    private List<Syscall> syscalls = List.of();

    @Mixin
    private SourceFilterOptions filters;

    @Option(names = "--enter-events", description = "Also an event when a call enters, beside the merged one.")
    private boolean enterEvents;

    @Option(
            names = "--processes",
            description =
                    "Also events of processes: each exec, each that fails and each process that ends. Where events are"
                            + " printed, a line for each, and the programs behind each call.")
    private boolean processEvents;

    @Option(
            names = "--pods",
            description = "Also name the containers behind calls, with image, pod, namespace and labels, by the node's"
                    + " container runtime; begins process events. Its socket: --set cri.socket=PATH. With serve for"
                    + " --sink file or otlp.")
    private boolean pods;

    @Option(
            names = "--mitigation",
            paramLabel = "MODE",
            description = "How far to go against arguments that change while a call runs: off, stash or kernel.")
    private @Nullable Mitigation mitigation;

    /** Lays these options over the configuration, with {@code --user}, which serve has for another purpose. */
    public void apply(CaptureConfigBuilder builder, UserOption users) {
        filters.add(users);
        apply(builder);
    }

    public void apply(CaptureConfigBuilder builder) {
        if (!syscalls.isEmpty()) {
            builder.syscalls(syscalls.toArray(Syscall[]::new));
        }
        filters.apply(builder);
        if (enterEvents) {
            builder.enterEvents(true);
        }
        if (processEvents || pods) {
            builder.processEvents(true);
        }
        if (pods) {
            builder.containerNames(true);
        }
        if (mitigation != null) {
            builder.mitigation(mitigation);
        }
    }
}
