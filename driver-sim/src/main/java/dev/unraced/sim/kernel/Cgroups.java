// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The v2 hierarchy of cgroups, by inode number. One that was not made here lies directly below the root. */
public final class Cgroups {
    /** Number of the root. */
    public static final long ROOT = 1;

    /** Numbers of those that are made here start at this. */
    private static final long FIRST = 1L << 32;

    private final Map<Long, Long> parents = new HashMap<>();

    Cgroups() {}

    /** A new one below another; returns its number. */
    public long make(long parent) {
        long made = FIRST + parents.size();
        parents.put(made, parent);
        return made;
    }

    /** Whether a cgroup is one of these, or lies below one. */
    public boolean isBelowAny(long cgroup, Set<Long> ancestors) {
        for (long at = cgroup; at != ROOT; at = parents.getOrDefault(at, ROOT)) {
            if (ancestors.contains(at)) {
                return true;
            }
        }
        return ancestors.contains(ROOT);
    }
}
