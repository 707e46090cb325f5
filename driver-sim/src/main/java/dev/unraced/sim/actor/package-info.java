// SPDX-License-Identifier: Apache-2.0
/**
 * The simulator's own actor: it speaks the protocol of the conformance kit, and makes its calls on a simulated kernel.
 */
@NullMarked
package dev.unraced.sim.actor;

import org.jspecify.annotations.NullMarked;
