// SPDX-License-Identifier: Apache-2.0
/** Recordings as a source of events: what was captured once, by whatever driver, comes again. */
@NullMarked
package dev.unraced.sim.replay;

import org.jspecify.annotations.NullMarked;
