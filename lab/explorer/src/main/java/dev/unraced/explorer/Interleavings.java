// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import java.util.function.Supplier;

/**
 * The number of orders in which the steps of a world's threads can be made.
 *
 * @param count how many were found
 * @param exact whether these are all; if not, there are more
 */
public record Interleavings(long count, boolean exact) {
    /**
     * Counts the orders by making all of them, up to a limit of at least 1.
     *
     * @throws IllegalStateException if a world does not end, or does not repeat itself
     */
    public static <W extends World> Interleavings count(Supplier<W> worlds, long limit) {
        ExplorationResult<Boolean> all = Exploration.of(worlds).limit(limit).run((world, execution) -> true);
        return new Interleavings(all.executions(), !all.limited());
    }

    @Override
    public String toString() {
        return exact ? Long.toString(count) : "more than " + count;
    }
}
