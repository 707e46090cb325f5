// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The v2 hierarchy of cgroups, by inode number. A cgroup that was not made here lies directly below the root. */
public final class Cgroups {
    /** The number of the root. */
    public static final long ROOT = 1;

    /** The cgroups that are made here have numbers from here on. */
    private static final long FIRST = 1L << 32;

    private final Map<Long, Long> parents = new HashMap<>();
    private final Map<Long, String> paths = new HashMap<>();

    Cgroups() {}

    /** Makes a cgroup below another and returns its number. */
    public long make(long parent, String name) {
        long made = FIRST + parents.size();
        parents.put(made, parent);
        paths.put(made, path(parent) + "/" + name);
        return made;
    }

    /** Returns whether a cgroup is one of these, or lies below one of them. */
    public boolean isBelowAny(long cgroup, Set<Long> ancestors) {
        return ancestors.contains(cgroup)
                || (cgroup != ROOT && isBelowAny(parents.getOrDefault(cgroup, ROOT), ancestors));
    }

    /** Returns the path of a cgroup; one that was not made here has its number for a name. */
    public String path(long cgroup) {
        return cgroup == ROOT ? "" : paths.getOrDefault(cgroup, "/" + cgroup);
    }
}
