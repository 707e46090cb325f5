// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import dev.unraced.stash.StashPolicy;
import java.util.Set;

/**
 * What an observer is to look at, and with how much memory.
 *
 * @param mitigation the mode to start with
 * @param integrity whether claims are compared with what the call acted on
 * @param syscalls the calls to watch
 * @param self thread group of the observer, whose own calls are left out; 0 for none
 * @param tgids thread groups to watch; all when empty
 * @param uids real user ids to watch; all when empty
 * @param cgroups cgroup ids to watch; all when empty
 * @param policy what a full stash does
 * @param stashEntries calls that can be under way at once
 * @param stashLongPaths how many of them can have arguments too long for an ordinary entry
 * @param ringBytes size of the ring
 */
public record TraceSettings(
        Mitigation mitigation,
        boolean integrity,
        Set<Syscall> syscalls,
        int self,
        Set<Integer> tgids,
        Set<Long> uids,
        Set<Long> cgroups,
        StashPolicy policy,
        int stashEntries,
        int stashLongPaths,
        int ringBytes) {

    public TraceSettings {
        syscalls = Set.copyOf(syscalls);
        tgids = Set.copyOf(tgids);
        uids = Set.copyOf(uids);
        cgroups = Set.copyOf(cgroups);
    }
}
