// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.explore;

/**
 * Says how an execution ended.
 *
 * @param <W> the world
 * @param <V> the verdict: any immutable value with {@code equals}
 */
@FunctionalInterface
public interface Judge<W extends World, V> {
    /**
     * Called once at the end of an execution. The verdict must not depend on the order of steps that commute (whose
     * footprints do not conflict): of all executions that differ only in it, a reduced search judges one.
     */
    V judge(W world, Execution execution);
}
