// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import java.util.ArrayList;
import java.util.List;

/**
 * The reason of a result for people. A failed assertion about a thousand events prints all of them; its first lines say
 * what was seen, and its last ones what was expected. The reports for programs keep the whole reason.
 */
final class ShortReason {
    static final int LONGEST_LINE = 400;
    static final int MOST_LINES = 16;
    private static final int LINE_END = 120;
    private static final int LAST_LINES = 5;

    private ShortReason() {}

    static String of(String reason) {
        List<String> lines = reason.strip().lines().map(ShortReason::cut).toList();
        if (lines.size() <= MOST_LINES) {
            return String.join("\n", lines);
        }
        int first = MOST_LINES - LAST_LINES - 1;
        int leftOut = lines.size() - first - LAST_LINES;
        List<String> kept = new ArrayList<>(lines.subList(0, first));
        kept.add("... " + leftOut + " lines are left out here; --json and --junit-xml have them ...");
        kept.addAll(lines.subList(lines.size() - LAST_LINES, lines.size()));
        return String.join("\n", kept);
    }

    private static String cut(String line) {
        if (line.length() <= LONGEST_LINE) {
            return line;
        }
        int begin = LONGEST_LINE - LINE_END;
        int leftOut = line.length() - begin - LINE_END;
        return line.substring(0, begin) + " ... " + leftOut + " characters ... "
                + line.substring(line.length() - LINE_END);
    }
}
