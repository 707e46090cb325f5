// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

/**
 * Judges the end of an execution.
 *
 * @param <W> the world
 * @param <V> the verdict: any immutable value with {@code equals}
 */
@FunctionalInterface
public interface Judge<W extends World, V> {
    /** Judges an execution once, at its end. */
    V judge(W world, Execution execution);
}
