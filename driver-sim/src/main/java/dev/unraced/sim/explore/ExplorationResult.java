// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.explore;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an {@link Exploration} found. Immutable.
 *
 * @param <V> the verdict
 * @param executions how many were run to their end and judged
 * @param stuck how many of them left threads that wait for ever
 * @param pruned how many more were abandoned, because all that could follow had been seen in another order
 * @param steps how many steps were made in all, those made again to return to a state included
 * @param transitions how many of the steps led on from a state for the first time
 * @param verdicts how many executions got which verdict, in the order in which the verdicts were first seen
 * @param examples per verdict, of the schedules found the one with the fewest switches, then steps
 * @param limited whether the limit ended the search; if not, the verdicts are all that there are
 */
public record ExplorationResult<V>(
        long executions,
        long stuck,
        long pruned,
        long steps,
        long transitions,
        Map<V, Long> verdicts,
        Map<V, Schedule> examples,
        boolean limited) {
    public ExplorationResult {
        verdicts = Collections.unmodifiableMap(new LinkedHashMap<>(verdicts));
        examples = Collections.unmodifiableMap(new LinkedHashMap<>(examples));
    }
}
