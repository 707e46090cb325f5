// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.explore;

import dev.unraced.sim.base.Footprint;

/**
 * One atomic step that a thread made.
 *
 * @param label what happened; its {@code toString()} is called only when somebody looks, so that a search builds no
 *     strings; it must not change afterwards
 * @param footprint what the step read and wrote
 */
public record Step(int thread, Object label, Footprint footprint) {}
