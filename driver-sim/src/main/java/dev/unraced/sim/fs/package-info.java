// SPDX-License-Identifier: Apache-2.0
/**
 * The file tree of the simulated kernel: inodes, names, mounts and open files, shaped as those of Linux. So the object
 * that a call really opened is found as a driver in the kernel finds it. The package knows no tasks: callers come as
 * {@link dev.unraced.sim.fs.FsCaller}. Every public call is one atomic step that logs what it touches.
 */
@NullMarked
package dev.unraced.sim.fs;

import org.jspecify.annotations.NullMarked;
