// SPDX-License-Identifier: Apache-2.0
/** The simulated file tree: inodes, directory entries, mounts, and opening by path. Knows nothing of calls or tasks. */
@NullMarked
package dev.unraced.sim.fs;

import org.jspecify.annotations.NullMarked;
