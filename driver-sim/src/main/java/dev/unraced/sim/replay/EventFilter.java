// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.replay;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.EventFilters;
import dev.unraced.config.ResultFilter;
import dev.unraced.driver.FilterReason;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Syscall;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Decides which recorded calls come again, and counts those that do not. Counts may be read by any thread. */
final class EventFilter {
    private final Set<Syscall> syscalls;
    private final EventFilters filters;
    private final byte[] start = new byte[EventFilters.MAX_PATH];
    private final Map<FilterReason, AtomicLong> counts = new EnumMap<>(FilterReason.class);

    EventFilter(CaptureConfig config) {
        syscalls = config.syscalls();
        filters = config.filters();
        for (FilterReason reason : FilterReason.values()) {
            counts.put(reason, new AtomicLong());
        }
    }

    /** Whether an event comes again. Calls that are not watched are not counted: no driver would have seen them. */
    boolean accepts(EventView event) {
        if (!syscalls.contains(event.syscall())) {
            return false;
        }
        FilterReason reason = reason(event);
        // Entries that a filter leaves out are on nobody's books.
        if (reason != null && !event.isEnter()) {
            Objects.requireNonNull(counts.get(reason)).incrementAndGet();
        }
        return reason == null;
    }

    /** Calls left out so far. */
    Map<FilterReason, Long> counted() {
        Map<FilterReason, Long> counted = new EnumMap<>(FilterReason.class);
        counts.forEach((reason, count) -> {
            if (count.get() > 0) {
                counted.put(reason, count.get());
            }
        });
        return counted;
    }

    /** A recording knows each cgroup's id, but not which lies below which. */
    private @Nullable FilterReason reason(EventView event) {
        if (!filters.tgids().isEmpty() && !filters.tgids().contains(event.tgid())) {
            return FilterReason.TGID;
        }
        if (!filters.uids().isEmpty() && !filters.uids().contains(event.uid())) {
            return FilterReason.UID;
        }
        if (!filters.cgroups().isEmpty() && !filters.cgroups().contains(event.cgroupId())) {
            return FilterReason.CGROUP;
        }
        if (!filters.mountNamespaces().isEmpty() && !filters.mountNamespaces().contains(event.mountNamespace())) {
            return FilterReason.MOUNT_NS;
        }
        if (event.path().isPresent() && !filters.acceptsPath(start, event.path().copyTo(start, 0))) {
            return FilterReason.PATH;
        }
        return event.isEnter() || filters.result().accepts(isFailure(event)) ? null : FilterReason.RESULT;
    }

    private static boolean isFailure(EventView event) {
        return ResultFilter.isFailure(event.syscall(), event.result(), !event.has(EventFlag.NOT_EXECUTED));
    }
}
