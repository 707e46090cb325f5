// SPDX-License-Identifier: Apache-2.0
/**
 * The simulator: a driver that watches a small kernel in Java, and the API to stage attacks on it. It runs on any
 * operating system, without privilege.
 *
 * <p>Start with {@link dev.unraced.sim.SimKernel}.
 */
@NullMarked
package dev.unraced.sim;

import org.jspecify.annotations.NullMarked;
