// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.capture.FilterReason;
import dev.unraced.config.EventFilters;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Syscall;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.TaskGroup;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Decides which calls become events, and counts the other calls. */
final class CallFilter {
    private final Kernel kernel;
    private final TraceSettings settings;
    private final EventFilters filters;
    /** Set when no filter excludes any process, which is the usual case. */
    private final boolean isOpen;

    private final Map<FilterReason, Counter> counts = new EnumMap<>(FilterReason.class);

    CallFilter(Kernel kernel, TraceSettings settings) {
        this.kernel = kernel;
        this.settings = settings;
        this.filters = settings.filters();
        this.isOpen = settings.self() == 0
                && filters.tgids().isEmpty()
                && filters.uids().isEmpty()
                && filters.cgroups().isEmpty()
                && filters.mountNamespaces().isEmpty();
        for (FilterReason reason : FilterReason.values()) {
            counts.put(reason, new Counter());
        }
    }

    /** A mutable count, so that counting allocates nothing. */
    private static final class Counter {
        long calls;
    }

    /** Returns the first reason to leave a process's calls out, or null when none applies. */
    @Nullable
    FilterReason reason(TaskGroup group) {
        return isOpen ? null : applying(group);
    }

    private @Nullable FilterReason applying(TaskGroup group) {
        if (settings.self() != 0 && group.tgid() == settings.self()) {
            return FilterReason.SELF;
        }
        if (!filters.tgids().isEmpty() && !filters.tgids().contains(group.tgid())) {
            return FilterReason.TGID;
        }
        if (!filters.uids().isEmpty() && !filters.uids().contains(group.uid())) {
            return FilterReason.UID;
        }
        if (!filters.cgroups().isEmpty() && !kernel.cgroups().isBelowAny(group.cgroupId(), filters.cgroups())) {
            return FilterReason.CGROUP;
        }
        if (!filters.mountNamespaces().isEmpty() && !filters.mountNamespaces().contains(group.mountNamespace())) {
            return FilterReason.MOUNT_NS;
        }
        return null;
    }

    /** Returns whether the path of an event passes the filter; connects and unreadable paths always pass. */
    boolean acceptsPath(Call call, RecordBuilder record) {
        return call.syscall() == Syscall.CONNECT
                || !record.isPresent()
                || filters.acceptsPath(record.argument, record.length);
    }

    /** Returns the reason to leave out a call that returned, apart from its caller; null when there is none. */
    @Nullable
    FilterReason reason(Call call, RecordBuilder record) {
        if (!acceptsPath(call, record)) {
            return FilterReason.PATH;
        }
        boolean failed = call.syscall().isFailure(call.result(), !record.has(EventFlag.NOT_EXECUTED));
        return filters.result().accepts(failed) ? null : FilterReason.RESULT;
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
