// SPDX-License-Identifier: Apache-2.0
/** The base of all parts of the simulated kernel: error numbers, and the log of a step's reads and writes. */
@NullMarked
package dev.unraced.sim.base;

import org.jspecify.annotations.NullMarked;
