// SPDX-License-Identifier: Apache-2.0
/** What goes on on the simulated machine that {@code unraced watch --driver sim} shows. */
@NullMarked
package dev.unraced.sim.demo;

import org.jspecify.annotations.NullMarked;
