// SPDX-License-Identifier: Apache-2.0
/** What all parts of the simulated kernel use: error numbers, and the log of what a step touches. */
@NullMarked
package dev.unraced.sim.base;

import org.jspecify.annotations.NullMarked;
