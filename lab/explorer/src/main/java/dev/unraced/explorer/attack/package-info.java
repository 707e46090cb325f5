// SPDX-License-Identifier: Apache-2.0
/** The attack corpus on the simulated kernel: every interleaving of each attack, and the observer's events in it. */
@NullMarked
package dev.unraced.explorer.attack;

import org.jspecify.annotations.NullMarked;
