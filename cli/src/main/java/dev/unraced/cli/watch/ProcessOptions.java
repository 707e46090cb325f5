// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.config.EventFilters;
import dev.unraced.event.BytesView;
import dev.unraced.event.EventView;
import dev.unraced.event.Feature;
import dev.unraced.event.ProcessView;
import dev.unraced.process.Container;
import dev.unraced.process.ProcessImage;
import dev.unraced.process.ProcessTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that choose events by the process behind them. Each of them begins process events. */
final class ProcessOptions {
    @Option(
            names = "--exe",
            paramLabel = "PATH",
            split = ",",
            converter = ProgramConverter.class,
            description =
                    "Only programs of these files: /usr/bin/curl. With ebpf and kmod it is the file to which the path leads"
                            + " here now, whatever other name it has; else, and where it leads to none, the path that the"
                            + " kernel executed. Of a script it is the interpreter. Without --processes and --record the"
                            + " driver leaves out other programs where it can, and tells of no parent that begins"
                            + " later.")
    private List<String> executables = List.of();

    @Option(
            names = "--descendants-of",
            paramLabel = "PID",
            split = ",",
            description = "Only these processes, and those that they start. In a recording they may have begun"
                    + " meanwhile.")
    private Set<Integer> ancestors = Set.of();

    @Option(
            names = "--container",
            paramLabel = "ID",
            split = ",",
            converter = ContainerConverter.class,
            description = "Only containers whose ids start like this, and those within, by the names of their cgroups.")
    private List<String> containers = List.of();

    private @Nullable Descendants descendants;
    private boolean areProcessesWanted;

    void apply(CaptureConfigBuilder builder) {
        if (any()) {
            areProcessesWanted = builder.build().processEvents();
            builder.processEvents(true);
        }
    }

    /**
     * Has a driver that can leave out all but the chosen programs, and returns the filters in force. It does so after
     * the capture has opened, when the driver has told of the processes that are there. From then on it tells of no
     * fork of another program, so it is left where these are wanted: for their own sake, for descent, or for a file.
     *
     * @param filters those with which the capture opened
     * @param isRecorded whether events are kept that are not printed
     */
    EventFilters filterAtSource(Capture capture, EventFilters filters, boolean isRecorded) {
        boolean wantsOthers = areProcessesWanted || isRecorded || !ancestors.isEmpty();
        if (executables.isEmpty()
                || wantsOthers
                || !filters.executables().isEmpty()
                || !ChosenPrograms.areHere(capture)
                || !capture.capabilities().has(Feature.FILTER_EXECUTABLE)
                || !capture.capabilities().has(Feature.LIVE_FILTERS)
                || !new ChosenPrograms(executables, true).areAllFiles()) {
            return filters;
        }
        EventFilters further = new EventFilters(
                filters.tgids(),
                filters.uids(),
                filters.cgroups(),
                filters.mountNamespaces(),
                Set.copyOf(executables),
                filters.paths(),
                filters.result());
        try {
            capture.filterBy(further);
        } catch (CaptureException e) {
            // The driver has room for fewer programs, or one of them is gone: its filters are as they were.
            return filters;
        }
        return further;
    }

    /** Returns the processes of {@code --descendants-of}. */
    Set<Integer> ancestors() {
        return ancestors;
    }

    /**
     * Returns a line about the processes of {@code --descendants-of} of which no event told; empty if there are none.
     */
    String unseen() {
        Set<Integer> unseen = descendants().unseen();
        return unseen.isEmpty()
                ? ""
                : "unraced: no event told of process "
                        + unseen.stream().sorted().map(String::valueOf).collect(Collectors.joining(", "))
                        + ", which --descendants-of names";
    }

    /** Returns whether events are chosen by the process behind them. */
    boolean any() {
        return !executables.isEmpty() || !ancestors.isEmpty() || !containers.isEmpty();
    }

    /**
     * Returns a filter for all of these options together. An event whose process the table does not know fails them.
     *
     * @param areHere whether programs are this machine's ({@link ChosenPrograms#areHere})
     */
    EventFilter filter(@Nullable ProcessTable table, boolean areHere) {
        if (table == null) {
            return event -> true;
        }
        EventFilter filter = event -> true;
        if (!executables.isEmpty() || !ancestors.isEmpty()) {
            ChosenPrograms programs = new ChosenPrograms(executables, areHere);
            filter = event -> passes(table.imageOf(event), programs);
        }
        if (!containers.isEmpty()) {
            filter = filter.and(event -> isInContainer(event, table));
        }
        return filter;
    }

    /**
     * Returns a filter of the process events to print. It is asked about each of them, after the table knows it, and
     * notes who descends from whom.
     *
     * @param areHere whether programs are this machine's ({@link ChosenPrograms#areHere})
     */
    Predicate<ProcessView> ofProcesses(@Nullable ProcessTable table, boolean areHere) {
        if (table == null) {
            return event -> false;
        }
        ChosenPrograms programs = new ChosenPrograms(executables, areHere);
        Descendants wanted = descendants();
        return event -> {
            wanted.update(event);
            return (containers.isEmpty() || isWanted(table.containerOf(event)))
                    && passes(table.imageOf(event), programs);
        };
    }

    private Descendants descendants() {
        if (descendants == null) {
            descendants = new Descendants(ancestors);
        }
        return descendants;
    }

    private boolean passes(@Nullable ProcessImage image, ChosenPrograms programs) {
        if (!executables.isEmpty() && !programs.has(image)) {
            return false;
        }
        if (ancestors.isEmpty()) {
            return true;
        }
        return image != null && descendants().contains(image.tgid(), image.startNanos());
    }

    private boolean isInContainer(EventView event, ProcessTable table) {
        BytesView known = event.containerId();
        return known.isPresent() ? isWanted(known.toByteString().toUtf8()) : isWanted(table.containerOf(event));
    }

    /** Returns whether a container or one around it is wanted: nobody leaves a container by making a cgroup in it. */
    private boolean isWanted(@Nullable Container container) {
        return container != null
                && (isWanted(container.id()) || container.outer().stream().anyMatch(this::isWanted));
    }

    private boolean isWanted(String containerId) {
        return containers.stream().anyMatch(containerId::startsWith);
    }

    private static final class ContainerConverter implements ITypeConverter<String> {
        private static final Pattern ID = Pattern.compile("[A-Za-z0-9_.+-]+");

        @Override
        public String convert(String id) {
            if (ID.matcher(id).matches()) {
                return id;
            }
            throw new TypeConversionException("'" + id + "' begins no container's id, which has no such characters");
        }
    }

    private static final class ProgramConverter implements ITypeConverter<String> {
        @Override
        public String convert(String path) {
            if (path.startsWith("/") && path.contains("*") && !Files.exists(Path.of(path))) {
                throw new TypeConversionException("'" + path + "' is no program: --exe takes paths, no patterns");
            }
            if (path.startsWith("/")) {
                return path;
            }
            throw new TypeConversionException(
                    "'" + path + "' is no path from the root, as /usr/bin/curl is; --comm takes names of threads");
        }
    }
}
