// SPDX-License-Identifier: Apache-2.0
/** A million threads in virtual time against the stashes of the API: what a stash size costs and loses. */
@NullMarked
package dev.unraced.sim.scale;

import org.jspecify.annotations.NullMarked;
