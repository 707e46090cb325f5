// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

import dev.unraced.stash.StashPolicy;

/**
 * The smallest size whose loss is acceptable, and its fate in an attack.
 *
 * @param policy of the stash
 * @param latencyTimes factor by which the calls take longer than in the scenario
 * @param enough whether there is such a size; otherwise the rest is about the largest one
 * @param entries the size
 * @param attack the scenario's own, or one that can fill the stash at least twice
 * @param underAttack the result of a stash of that size in the attack
 */
public record Advice(
        StashPolicy policy, double latencyTimes, boolean enough, int entries, Attack attack, ScaleResult underAttack) {}
