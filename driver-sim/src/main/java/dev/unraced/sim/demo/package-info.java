// SPDX-License-Identifier: Apache-2.0
/** The programs on the simulated machine that {@code unraced watch --driver sim} shows. */
@NullMarked
package dev.unraced.sim.demo;

import org.jspecify.annotations.NullMarked;
