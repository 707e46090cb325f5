// SPDX-License-Identifier: Apache-2.0
/** The base of all parts of the simulated kernel: error numbers. */
@NullMarked
package dev.unraced.sim.base;

import org.jspecify.annotations.NullMarked;
