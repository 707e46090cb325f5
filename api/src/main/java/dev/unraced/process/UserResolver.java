// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import org.jspecify.annotations.Nullable;

/**
 * Finds the names of this machine's users, by the system's own resolver; found by {@link java.util.ServiceLoader}. The
 * artifact {@code unraced-driver-support} has one. Thread-safe.
 */
@FunctionalInterface
public interface UserResolver {
    /**
     * Returns the name of a user, or null for one without a name. May take as long as a directory server takes.
     *
     * @param uid user id, 0 to 2^32-1
     */
    @Nullable
    String nameOf(long uid);
}
