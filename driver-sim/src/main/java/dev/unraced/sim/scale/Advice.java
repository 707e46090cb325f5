// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.scale;

import dev.unraced.stash.StashPolicy;

/**
 * The smallest size that loses no more than wanted, and what an attack makes of it.
 *
 * @param policy of the stash
 * @param latencyTimes how many times as long as the scenario has them the calls take
 * @param enough whether there is such a size; otherwise the rest is about the largest one
 * @param entries the size
 * @param attack the scenario's own, or one that can fill the stash at least twice
 * @param underAttack how a stash of that size fares in it
 */
public record Advice(
        StashPolicy policy, double latencyTimes, boolean enough, int entries, Attack attack, ScaleResult underAttack) {}
