// SPDX-License-Identifier: Apache-2.0
/** The observer of the simulated kernel: what the BPF programs are to the real one. */
@NullMarked
package dev.unraced.sim.trace;

import org.jspecify.annotations.NullMarked;
