// SPDX-License-Identifier: Apache-2.0
/** Tasks, their memory and descriptors, and the five calls broken into steps, between which other tasks may run. */
@NullMarked
package dev.unraced.sim.kernel;

import org.jspecify.annotations.NullMarked;
