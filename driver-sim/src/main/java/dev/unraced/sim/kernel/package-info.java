// SPDX-License-Identifier: Apache-2.0
/** Tasks, their memory and descriptors, and the five calls broken into the steps between which others may run. */
@NullMarked
package dev.unraced.sim.kernel;

import org.jspecify.annotations.NullMarked;
