// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.driver.FilterReason;
import dev.unraced.sim.kernel.TaskGroup;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Decides which calls become events, and counts those that do not. */
final class CallFilter {
    private final TraceSettings settings;
    /** Whether every call is let through, as is the rule. */
    private final boolean isOpen;

    private final Map<FilterReason, Counter> counts = new EnumMap<>(FilterReason.class);

    CallFilter(TraceSettings settings) {
        this.settings = settings;
        this.isOpen = settings.self() == 0
                && settings.tgids().isEmpty()
                && settings.uids().isEmpty()
                && settings.cgroups().isEmpty();
        for (FilterReason reason : FilterReason.values()) {
            counts.put(reason, new Counter());
        }
    }

    /** Counts without making objects. */
    private static final class Counter {
        long calls;
    }

    /** Why a process's calls are left out: the first reason that applies, null when none does. */
    @Nullable
    FilterReason reason(TaskGroup group) {
        return isOpen ? null : applying(group);
    }

    private @Nullable FilterReason applying(TaskGroup group) {
        if (settings.self() != 0 && group.tgid() == settings.self()) {
            return FilterReason.SELF;
        }
        if (!settings.tgids().isEmpty() && !settings.tgids().contains(group.tgid())) {
            return FilterReason.TGID;
        }
        if (!settings.uids().isEmpty() && !settings.uids().contains(group.uid())) {
            return FilterReason.UID;
        }
        if (!settings.cgroups().isEmpty() && !settings.cgroups().contains(group.cgroupId())) {
            return FilterReason.CGROUP;
        }
        return null;
    }

    void count(FilterReason reason) {
        Objects.requireNonNull(counts.get(reason)).calls++;
    }

    Map<FilterReason, Long> counted() {
        Map<FilterReason, Long> counted = new EnumMap<>(FilterReason.class);
        counts.forEach((reason, counter) -> {
            if (counter.calls > 0) {
                counted.put(reason, counter.calls);
            }
        });
        return counted;
    }
}
