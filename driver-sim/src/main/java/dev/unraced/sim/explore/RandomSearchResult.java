// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.explore;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a {@link RandomSearch} found. Immutable.
 *
 * @param <V> the verdict
 * @param executions how many were run
 * @param verdicts how many of them got which verdict, in the order in which the verdicts were first seen
 * @param examples the first execution that got a verdict
 */
public record RandomSearchResult<V>(long executions, Map<V, Long> verdicts, Map<V, Example> examples) {
    public RandomSearchResult {
        verdicts = Collections.unmodifiableMap(new LinkedHashMap<>(verdicts));
        examples = Collections.unmodifiableMap(new LinkedHashMap<>(examples));
    }

    /**
     * An execution.
     *
     * @param seed with which a search of one execution repeats it
     * @param schedule with which {@link Replay} repeats it
     */
    public record Example(long seed, Schedule schedule) {}
}
