// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.config.EventFilters;
import dev.unraced.config.RateLimits;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import dev.unraced.stash.StashPolicy;
import java.util.Set;

/**
 * The calls that an observer watches, and its memory.
 *
 * @param mitigation the mode to start with
 * @param integrity whether arguments are compared with the objects that calls acted on
 * @param enterEvents whether there are enter events at the start
 * @param processEvents whether there are process events
 * @param syscalls the calls to watch
 * @param self thread group of the observer, whose own calls are left out; 0 for none
 * @param filters selects the calls that become events
 * @param limits how many events of a user and of a cgroup are taken in a second
 * @param policy the behaviour of a full stash
 * @param stashEntries calls that can be under way at once
 * @param stashLongPaths how many of them can have arguments too long for an ordinary entry
 * @param ringBytes size of the ring
 */
public record TraceSettings(
        Mitigation mitigation,
        boolean integrity,
        boolean enterEvents,
        boolean processEvents,
        Set<Syscall> syscalls,
        int self,
        EventFilters filters,
        RateLimits limits,
        StashPolicy policy,
        int stashEntries,
        int stashLongPaths,
        int ringBytes) {

    public TraceSettings {
        syscalls = Set.copyOf(syscalls);
    }
}
