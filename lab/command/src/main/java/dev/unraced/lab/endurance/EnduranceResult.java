// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.endurance;

import java.util.List;

/**
 * The findings of a test of endurance.
 *
 * @param figures what was measured, a line each
 * @param failures what did not hold; empty when all did
 */
public record EnduranceResult(List<String> figures, List<String> failures) {

    public boolean held() {
        return failures.isEmpty();
    }

    /** Returns the result for people, with the verdict in its first line. */
    public String toText() {
        StringBuilder text = new StringBuilder(held() ? "HELD\n" : "BROKEN: " + String.join("; ", failures) + "\n");
        figures.forEach(figure -> text.append("  ").append(figure).append('\n'));
        return text.toString();
    }
}
