// SPDX-License-Identifier: Apache-2.0
package dev.unraced.replay;

import dev.unraced.capture.FilterReason;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.EventFilters;
import dev.unraced.driver.FilterMatcher;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Syscall;
import dev.unraced.ring.FilterCounts;
import java.util.Map;
import java.util.Set;

/** Decides which recorded calls are replayed, and counts the others. Any thread may read the counts. */
final class EventFilter {
    private final Set<Syscall> syscalls;
    private final EventFilters filters;
    private final FilterMatcher matcher;
    private final FilterCounts counts = new FilterCounts();

    EventFilter(CaptureConfig config) {
        syscalls = config.syscalls();
        filters = config.filters();
        // A recording knows each cgroup's id, but not the hierarchy of cgroups.
        matcher = new FilterMatcher(filters, (cgroup, wanted) -> wanted.contains(cgroup));
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
            counts.count(reason);
        }
        return reason == null;
    }

    /** Returns whether a process event is replayed. Those that a filter leaves out are not counted. */
    boolean accepts(ProcessView event) {
        return matcher.accepts(event);
    }

    /** The calls left out so far, by reason. */
    Map<FilterReason, Long> counted() {
        return counts.counted();
    }
}
