// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.config.ResultFilter;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose calls at the source. */
public final class SourceFilterOptions {
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

    /** Adds the users of another option to those that this one chooses. */
    void add(UserOption users) {
        uids = Stream.concat(uids.stream(), users.uids().stream()).toList();
    }

    /** Lays the filters over those of the configuration. */
    public void apply(CaptureConfigBuilder builder) {
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
    }
}
