// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import java.util.List;

/**
 * The steps from a fresh world until no thread could run. Immutable.
 *
 * @param steps in the order in which they were made
 * @param stuck whether some threads wait for ever
 */
public record Execution(List<Step> steps, boolean stuck) {
    public Execution {
        steps = List.copyOf(steps);
    }

    /** The choices that led to this end; replaying them repeats this execution. */
    public Schedule schedule() {
        return Schedule.of(steps.stream().mapToInt(Step::thread).toArray());
    }
}
