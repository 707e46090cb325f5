// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.replay;

import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.FilterReason;
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
    private final Set<Integer> tgids;
    private final Set<Long> uids;
    private final Set<Long> cgroups;
    private final Map<FilterReason, AtomicLong> counts = new EnumMap<>(FilterReason.class);

    EventFilter(CaptureConfig config) {
        syscalls = config.syscalls();
        tgids = config.tgids();
        uids = config.uids();
        cgroups = config.cgroups();
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
        if (reason != null) {
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

    private @Nullable FilterReason reason(EventView event) {
        if (!tgids.isEmpty() && !tgids.contains(event.tgid())) {
            return FilterReason.TGID;
        }
        if (!uids.isEmpty() && !uids.contains(event.uid())) {
            return FilterReason.UID;
        }
        if (!cgroups.isEmpty() && !cgroups.contains(event.cgroupId())) {
            return FilterReason.CGROUP;
        }
        return null;
    }
}
