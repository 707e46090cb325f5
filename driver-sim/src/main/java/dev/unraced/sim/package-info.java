// SPDX-License-Identifier: Apache-2.0
/**
 * The simulator: a driver that watches a small kernel in Java, and the API to stage what happens there. Runs on any
 * operating system, without privilege.
 *
 * <p>{@link dev.unraced.sim.SimKernel} is where to start.
 */
@NullMarked
package dev.unraced.sim;

import org.jspecify.annotations.NullMarked;
