// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import java.util.ArrayList;
import java.util.List;

/** Compares executions that differ only in the order of commuting steps. */
final class Traces {
    private Traces() {}

    /** Returns the lowest order of the steps that keeps the order of each thread's steps and of conflicting steps. */
    static List<String> normalForm(Execution execution) {
        List<Step> left = new ArrayList<>(execution.steps());
        List<String> form = new ArrayList<>();
        while (!left.isEmpty()) {
            int lowest = -1;
            for (int i = 0; i < left.size(); i++) {
                if ((lowest < 0 || left.get(i).thread() < left.get(lowest).thread()) && isFirst(left, i)) {
                    lowest = i;
                }
            }
            Step step = left.remove(lowest);
            form.add(step.thread() + " " + step.label());
        }
        return form;
    }

    private static boolean isFirst(List<Step> steps, int i) {
        Step step = steps.get(i);
        return steps.subList(0, i).stream()
                .noneMatch(earlier ->
                        earlier.thread() == step.thread() || earlier.footprint().conflictsWith(step.footprint()));
    }
}
