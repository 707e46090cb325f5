// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import org.jspecify.annotations.Nullable;

/**
 * Finds the path of a cgroup of this machine by its id, for cgroups of which no process event has told; found by
 * {@link java.util.ServiceLoader}. The artifact {@code unraced-driver-support} has one. Thread-safe.
 */
@FunctionalInterface
public interface CgroupResolver {
    /**
     * Returns the path from the root of the v2 hierarchy, or null for a cgroup that is no more, or where this process
     * may not ask. It is the path for good: a cgroup of v2 is not renamed, and no other one gets its id. The thread
     * that takes events waits for the answer, so it has to come from the kernel at once.
     *
     * @param id the cgroup's id, as events have it
     */
    @Nullable
    String pathOf(long id);
}
