// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.config.ResultFilter;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for what the driver captures. */
public final class SourceOptions {
    @Option(
            names = "--syscalls",
            paramLabel = "CALL",
            split = ",",
            description = "Calls to watch, of open, openat, openat2, creat, connect. Default: all.")
    private List<Syscall> syscalls = List.of();

    @Option(
            names = "--pid",
            paramLabel = "PID",
            split = ",",
            converter = ProcessIdConverter.class,
            description = "Only these processes, with all their threads.")
    private List<Integer> pids = List.of();

    // As a second name of --pid, messages would name it in place of that.
    @Option(
            names = "--tgid",
            paramLabel = "PID",
            split = ",",
            converter = ProcessIdConverter.class,
            description = "The same as --pid.")
    private List<Integer> tgids = List.of();

    @Option(
            names = "--uid",
            paramLabel = "USER",
            split = ",",
            converter = UserConverter.class,
            description = "Only these users, by name or by real user id.")
    private List<Long> uids = List.of();

    @Option(
            names = "--cgroup",
            paramLabel = "ID|DIR",
            split = ",",
            converter = CgroupConverter.class,
            description =
                    "Only these cgroups, with all below them: their ids, or their directories in the v2 hierarchy.")
    private List<Long> cgroups = List.of();

    @Option(
            names = "--mount-ns",
            paramLabel = "ID",
            split = ",",
            description = "Only these mount namespaces: the numbers that /proc/PID/ns/mnt shows.")
    private List<Long> mountNamespaces = List.of();

    @Option(
            names = "--path",
            paramLabel = "PATH",
            description =
                    "Only opens whose path as passed starts like this, chosen at the source; connects pass. A link"
                            + " leads round it. May be given several times.")
    private List<String> paths = List.of();

    @Option(
            names = "--result",
            paramLabel = "WHICH",
            description = "Only calls that end like this, chosen at the source: failed or succeeded.")
    private @Nullable ResultFilter result;

    @Option(names = "--enter-events", description = "Also an event when a call enters, beside the merged one.")
    private boolean enterEvents;

    @Option(
            names = "--processes",
            description = "Also a line for each exec, for each that fails and for each process that ends, and the"
                    + " programs behind each call.")
    private boolean processEvents;

    @Option(
            names = "--mitigation",
            paramLabel = "MODE",
            description = "How far to go against arguments that change while a call runs: off, stash or kernel.")
    private @Nullable Mitigation mitigation;

    /** Also chooses the users of {@code --user}, which serve has for another purpose. */
    public void apply(CaptureConfigBuilder builder, UserOption users) {
        uids = Stream.concat(uids.stream(), users.uids().stream()).toList();
        apply(builder);
    }

    public void apply(CaptureConfigBuilder builder) {
        if (!syscalls.isEmpty()) {
            builder.syscalls(syscalls.toArray(Syscall[]::new));
        }
        int[] processes = Stream.concat(pids.stream(), tgids.stream())
                .mapToInt(Integer::intValue)
                .toArray();
        if (processes.length > 0) {
            builder.tgids(processes);
        }
        if (!uids.isEmpty()) {
            builder.uids(uids.stream().mapToLong(Long::longValue).toArray());
        }
        if (!cgroups.isEmpty()) {
            builder.cgroups(cgroups.stream().mapToLong(Long::longValue).toArray());
        }
        if (!mountNamespaces.isEmpty()) {
            builder.mountNamespaces(
                    mountNamespaces.stream().mapToLong(Long::longValue).toArray());
        }
        if (!paths.isEmpty()) {
            builder.paths(paths.toArray(String[]::new));
        }
        if (result != null) {
            builder.result(result);
        }
        if (enterEvents) {
            builder.enterEvents(true);
        }
        if (processEvents) {
            builder.processEvents(true);
        }
        if (mitigation != null) {
            builder.mitigation(mitigation);
        }
    }
}
