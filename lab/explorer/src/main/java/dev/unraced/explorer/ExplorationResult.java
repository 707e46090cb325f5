// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The findings of an {@link Exploration}. Immutable.
 *
 * @param <V> the verdict
 * @param executions how many were run to their end and judged
 * @param stuck how many of them left threads that wait for ever
 * @param verdicts the number of executions for each verdict, in the order in which the verdicts were first seen
 * @param examples for each verdict, the found schedule with the fewest switches, then steps
 * @param limited whether the limit ended the search; if not, there are no other verdicts
 */
public record ExplorationResult<V>(
        long executions, long stuck, Map<V, Long> verdicts, Map<V, Schedule> examples, boolean limited) {
    public ExplorationResult {
        verdicts = Collections.unmodifiableMap(new LinkedHashMap<>(verdicts));
        examples = Collections.unmodifiableMap(new LinkedHashMap<>(examples));
    }
}
