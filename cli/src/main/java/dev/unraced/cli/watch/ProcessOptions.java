// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.event.ByteString;
import dev.unraced.event.BytesView;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import dev.unraced.process.Container;
import dev.unraced.process.ProcessImage;
import dev.unraced.process.ProcessTable;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose events by the process behind them. Each of them begins process events. */
final class ProcessOptions {
    @Option(
            names = "--exe",
            paramLabel = "PATH",
            split = ",",
            description =
                    "Only programs of these files, by the path that the kernel executed: /usr/bin/curl. Of a script"
                            + " that is its interpreter.")
    private List<String> executables = List.of();

    @Option(
            names = "--descendants-of",
            paramLabel = "PID",
            split = ",",
            description = "Only these processes, and those that they start.")
    private Set<Integer> ancestors = Set.of();

    @Option(
            names = "--container",
            paramLabel = "ID",
            split = ",",
            description = "Only containers whose ids start like this, by the names of their cgroups.")
    private List<String> containers = List.of();

    private @Nullable Descendants descendants;

    void apply(CaptureConfigBuilder builder) {
        if (any()) {
            builder.processEvents(true);
        }
    }

    /** Returns whether events are chosen by the process behind them. */
    boolean any() {
        return !executables.isEmpty() || !ancestors.isEmpty() || !containers.isEmpty();
    }

    /** Returns a table for the process events of a capture, or null where it has none. */
    @Nullable
    ProcessTable table(boolean processEvents, String driver) {
        return processEvents ? ProcessTable.of(Set.of(driver)) : null;
    }

    /**
     * Returns a filter for all of these options together. An event whose process the table does not know fails them.
     */
    EventFilter filter(@Nullable ProcessTable table) {
        if (table == null) {
            return event -> true;
        }
        EventFilter filter = event -> true;
        if (!executables.isEmpty() || !ancestors.isEmpty()) {
            ByteString[] paths = paths();
            filter = event -> passes(table.imageOf(event), paths);
        }
        if (!containers.isEmpty()) {
            filter = filter.and(event -> isInContainer(event, table));
        }
        return filter;
    }

    /**
     * Returns a filter of the process events to print. It is asked about each of them, after the table knows it, and
     * notes who descends from whom.
     */
    Predicate<ProcessView> ofProcesses(@Nullable ProcessTable table) {
        if (table == null) {
            return event -> false;
        }
        ByteString[] paths = paths();
        Descendants wanted = descendants();
        return event -> {
            wanted.update(event);
            return containers.isEmpty() && passes(table.imageOf(event), paths);
        };
    }

    private Descendants descendants() {
        if (descendants == null) {
            descendants = new Descendants(ancestors);
        }
        return descendants;
    }

    private ByteString[] paths() {
        return executables.stream().map(ByteString::utf8).toArray(ByteString[]::new);
    }

    private boolean passes(@Nullable ProcessImage image, ByteString[] paths) {
        if (paths.length > 0 && !isAny(image, paths)) {
            return false;
        }
        if (ancestors.isEmpty()) {
            return true;
        }
        return image != null && descendants().contains(image.tgid());
    }

    private static boolean isAny(@Nullable ProcessImage image, ByteString[] paths) {
        ByteString path = image == null ? null : image.program().executable().orElse(null);
        for (ByteString wanted : paths) {
            if (path != null && path.contentEquals(wanted)) {
                return true;
            }
        }
        return false;
    }

    private boolean isInContainer(EventView event, ProcessTable table) {
        BytesView known = event.containerId();
        if (known.isPresent()) {
            return containers.stream().anyMatch(known.toByteString().toUtf8()::startsWith);
        }
        Container container = table.containerOf(event);
        return container != null && containers.stream().anyMatch(container.id()::startsWith);
    }
}
