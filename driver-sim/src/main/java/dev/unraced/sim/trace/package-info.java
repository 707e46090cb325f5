// SPDX-License-Identifier: Apache-2.0
/** The observer of the simulated kernel, as the BPF programs are of the real one. */
@NullMarked
package dev.unraced.sim.trace;

import org.jspecify.annotations.NullMarked;
