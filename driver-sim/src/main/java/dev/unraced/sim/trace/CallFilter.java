// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.capture.FilterReason;
import dev.unraced.config.EventFilters;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Syscall;
import dev.unraced.ring.FilterCounts;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.TaskGroup;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/** Decides which calls become events, and counts the other calls. */
final class CallFilter {
    private final Kernel kernel;
    private final TraceSettings settings;
    private EventFilters filters;
    /** The filters under which each call that is under way entered. */
    private final IdentityHashMap<Call, EventFilters> entered = new IdentityHashMap<>();

    private final FilterCounts counts = new FilterCounts();

    CallFilter(Kernel kernel, TraceSettings settings) {
        this.kernel = kernel;
        this.settings = settings;
        this.filters = settings.filters();
    }

    EventFilters inForce() {
        return filters;
    }

    /** Changes the filters for calls that enter from now on. */
    void filterBy(EventFilters next) {
        filters = next;
    }

    /** Judges a call by the filters that are in force now, until it is over. */
    void enters(Call call) {
        entered.put(call, filters);
    }

    /** Returns the filters by which a call is judged. */
    EventFilters of(Call call) {
        return entered.getOrDefault(call, filters);
    }

    /** Returns the filters by which a call is judged, and forgets them. */
    EventFilters ends(Call call) {
        EventFilters by = entered.remove(call);
        return by == null ? filters : by;
    }

    /** Returns the first reason to leave a process's calls out, or null when none applies. */
    @Nullable
    FilterReason reason(EventFilters filters, TaskGroup group) {
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
    static boolean acceptsPath(EventFilters filters, Call call, RecordBuilder record) {
        return call.syscall() == Syscall.CONNECT
                || !record.isPresent()
                || filters.acceptsPath(record.argument, record.length);
    }

    /** Returns the reason to leave out a call that returned, apart from its caller; null when there is none. */
    static @Nullable FilterReason reason(EventFilters filters, Call call, RecordBuilder record) {
        if (!acceptsPath(filters, call, record)) {
            return FilterReason.PATH;
        }
        boolean failed = call.syscall().isFailure(call.result(), !record.has(EventFlag.NOT_EXECUTED));
        return filters.result().accepts(failed) ? null : FilterReason.RESULT;
    }

    /** Returns the counter of calls that are left out. */
    FilterCounts counts() {
        return counts;
    }
}
