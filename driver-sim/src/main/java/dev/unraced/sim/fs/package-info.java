// SPDX-License-Identifier: Apache-2.0
/**
 * The file tree of the simulated kernel: inodes, names, mounts and open files, shaped as those of Linux, so that what a
 * call really opened is found as a driver in the kernel finds it. Nothing here knows tasks: callers come as
 * {@link dev.unraced.sim.fs.FsCaller}. Every public call is one atomic step that logs what it touches.
 */
@NullMarked
package dev.unraced.sim.fs;

import org.jspecify.annotations.NullMarked;
