// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import java.util.LinkedHashMap;
import java.util.Map;

/** The counts of an {@link Exploration} so far. */
final class Tally<V> {
    private final Map<V, Long> verdicts = new LinkedHashMap<>();
    private final Map<V, Schedule> examples = new LinkedHashMap<>();
    private long executions;
    private long stuck;

    long executions() {
        return executions;
    }

    void add(V verdict, Execution execution) {
        executions++;
        if (execution.stuck()) {
            stuck++;
        }
        verdicts.merge(verdict, 1L, Long::sum);
        examples.merge(
                verdict, execution.schedule(), (old, found) -> Schedule.SIMPLEST.compare(found, old) < 0 ? found : old);
    }

    ExplorationResult<V> result(boolean limited) {
        return new ExplorationResult<>(executions, stuck, verdicts, examples, limited);
    }
}
