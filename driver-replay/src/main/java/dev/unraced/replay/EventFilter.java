// SPDX-License-Identifier: Apache-2.0
package dev.unraced.replay;

import dev.unraced.capture.FilterReason;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.EventFilters;
import dev.unraced.driver.FilterMatcher;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Syscall;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Decides which recorded calls are replayed, and counts the others. Any thread may read the counts. */
final class EventFilter {
    private final Set<Syscall> syscalls;
    private final EventFilters filters;
    private final FilterMatcher matcher;
    private final Map<FilterReason, AtomicLong> counts = new EnumMap<>(FilterReason.class);

    EventFilter(CaptureConfig config) {
        syscalls = config.syscalls();
        filters = config.filters();
        // A recording knows each cgroup's id, but not the hierarchy of cgroups.
        matcher = new FilterMatcher(filters, (cgroup, wanted) -> wanted.contains(cgroup));
        for (FilterReason reason : FilterReason.values()) {
            counts.put(reason, new AtomicLong());
        }
    }

    EventFilters filters() {
        return filters;
    }

    /**
     * Returns whether an event is replayed. Calls that are not watched are not counted: no driver would have seen them.
     */
    boolean accepts(EventView event) {
        if (!syscalls.contains(event.syscall())) {
            return false;
        }
        FilterReason reason = matcher.reason(event);
        // Statistics do not count enter events that a filter leaves out.
        if (reason != null && !event.isEnter()) {
            Objects.requireNonNull(counts.get(reason)).incrementAndGet();
        }
        return reason == null;
    }

    /** Returns whether a process event is replayed. Those that a filter leaves out are not counted. */
    boolean accepts(ProcessView event) {
        return matcher.accepts(event);
    }

    /** The calls left out so far, by reason. */
    Map<FilterReason, Long> counted() {
        Map<FilterReason, Long> counted = new EnumMap<>(FilterReason.class);
        counts.forEach((reason, count) -> {
            if (count.get() > 0) {
                counted.put(reason, count.get());
            }
        });
        return counted;
    }
}
