// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

import dev.unraced.capture.FilterReason;
import dev.unraced.config.EventFilters;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applies filters to finished events, for sources whose calls were made elsewhere: a recording, another process.
 * Allocates nothing per event, unless a filter by number is set. Not thread-safe.
 */
public final class FilterMatcher {

    /** Knows the hierarchy of cgroups. */
    @FunctionalInterface
    public interface Cgroups {
        /** Returns whether a cgroup is one of the wanted cgroups, or a descendant of one. */
        boolean isInside(long cgroup, Set<Long> wanted);
    }

    private final EventFilters filters;
    private final Cgroups cgroups;
    private final byte[] start = new byte[EventFilters.MAX_PATH];

    /**
     * Creates a matcher for some filters.
     *
     * @throws IllegalArgumentException for a filter by executable: no event of a call names the caller's
     */
    public FilterMatcher(EventFilters filters, Cgroups cgroups) {
        if (!filters.executables().isEmpty()) {
            throw new IllegalArgumentException("no event of a call names the file that its caller executes");
        }
        this.filters = filters;
        this.cgroups = cgroups;
    }

    /**
     * Returns the first of the filters by thread group, user, cgroup and mount namespace that drops a caller, or null.
     */
    public static @Nullable FilterReason callerReason(
            EventFilters filters, Cgroups cgroups, int tgid, long uid, long cgroup, long mountNamespace) {
        if (!filters.tgids().isEmpty() && !filters.tgids().contains(tgid)) {
            return FilterReason.TGID;
        }
        if (!filters.uids().isEmpty() && !filters.uids().contains(uid)) {
            return FilterReason.UID;
        }
        if (!filters.cgroups().isEmpty() && !cgroups.isInside(cgroup, filters.cgroups())) {
            return FilterReason.CGROUP;
        }
        if (!filters.mountNamespaces().isEmpty() && !filters.mountNamespaces().contains(mountNamespace)) {
            return FilterReason.MOUNT_NS;
        }
        return null;
    }

    /**
     * Returns the first filter that drops an event, or null. An enter event has no result yet, and passes the filter by
     * result.
     */
    public @Nullable FilterReason reason(EventView event) {
        FilterReason caller =
                callerReason(filters, cgroups, event.tgid(), event.uid(), event.cgroupId(), event.mountNamespace());
        if (caller != null) {
            return caller;
        }
        if (event.path().isPresent() && !filters.acceptsPath(start, event.path().copyTo(start, 0))) {
            return FilterReason.PATH;
        }
        return event.isEnter() || filters.result().accepts(event.failed()) ? null : FilterReason.RESULT;
    }

    /**
     * Returns whether the filters by the caller pass a process event: of a fork the forker is the caller, and a process
     * that was there passes (rules R16.5 and R16.7).
     */
    public boolean accepts(ProcessView event) {
        if (event.type() == ProcessView.Type.ALIVE) {
            return true;
        }
        int caller = event.type() == ProcessView.Type.FORK ? event.forkerTgid() : event.tgid();
        return callerReason(filters, cgroups, caller, event.uid(), event.cgroupId(), event.mountNamespace()) == null;
    }
}
