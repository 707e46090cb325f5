// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The findings of a {@link RandomSearch}. Immutable.
 *
 * @param <V> the verdict
 * @param executions how many were run
 * @param verdicts the number of executions for each verdict, in the order in which the verdicts were first seen
 * @param examples the first execution with each verdict
 */
public record RandomSearchResult<V>(long executions, Map<V, Long> verdicts, Map<V, Example> examples) {
    public RandomSearchResult {
        verdicts = Collections.unmodifiableMap(new LinkedHashMap<>(verdicts));
        examples = Collections.unmodifiableMap(new LinkedHashMap<>(examples));
    }

    /**
     * An execution.
     *
     * @param seed repeats it in a search of one execution
     * @param schedule repeats it with {@link Replay}
     */
    public record Example(long seed, Schedule schedule) {}
}
