// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import dev.unraced.event.ByteString;

/**
 * The path of an opened file, from its name up to the root of its mount namespace, as path/walk.h of the eBPF driver
 * finds it. A process's own root does not matter.
 *
 * @param path absolute, unless detached: then it starts at the detached mount's root and is empty for that root itself;
 *     for a file outside all trees, the name alone
 * @param deleted whether the name is gone, or was never there
 * @param detached whether the topmost mount is attached nowhere
 * @param foreign whether the path is in another namespace than the caller's
 * @param truncated whether the path is longer than {@link #MAX_BYTES}, and only its end is here
 */
public record ResolvedPath(ByteString path, boolean deleted, boolean detached, boolean foreign, boolean truncated) {
    /** The most bytes that the walk has room for. */
    public static final int MAX_BYTES = 4096;
}
