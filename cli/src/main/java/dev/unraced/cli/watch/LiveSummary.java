// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.cli.common.Console;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The counts of a summary on a terminal, redrawn every second while they grow. For the thread that counts. */
final class LiveSummary {
    private static final long PERIOD_NANOS = 1_000_000_000;
    /** The lines beside the rows of four tables: the status, a table of integrities, and what is around each. */
    private static final int OTHER_LINES = 22;

    private static final int TABLES = 4;
    private static final int FEWEST_ROWS = 2;
    private static final String HOME = "\u001b[H";
    private static final String ERASE_LINE = "\u001b[K\n";
    private static final String ERASE_BELOW = "\u001b[J";

    private final Summary counted;
    private final Console console;
    private final Supplier<String> status;
    private long next = System.nanoTime();
    private int columns;
    private int lines;
    /** The most rows of a table; 0 before the terminal's size is known. */
    private int rows;

    /**
     * Prepares the view.
     *
     * @param status gives the line above the tables
     */
    LiveSummary(Summary counted, Console console, Supplier<String> status) {
        this.counted = counted;
        this.console = console;
        this.status = status;
    }

    /** Draws the counts, if a second has gone by. */
    void pulse() {
        long now = System.nanoTime();
        if (now - next >= 0) {
            next = now + PERIOD_NANOS;
            draw();
        }
    }

    /** Draws the counts now. */
    void draw() {
        if (rows == 0) {
            measure();
        }
        console.print(Console.printable(status.get() + "\n" + counted.toText(rows))
                .lines()
                .limit(lines - 1L)
                .map(line -> cut(line, columns) + ERASE_LINE)
                .collect(Collectors.joining("", HOME, ERASE_BELOW)));
    }

    /** Asks for the terminal's size once, since that takes a process, which opens files. */
    private void measure() {
        columns = console.columns();
        int known = console.lines();
        lines = known == 0 ? Integer.MAX_VALUE : known;
        rows = Math.min(Summary.MOST_ROWS, Math.max(FEWEST_ROWS, (lines - OTHER_LINES) / TABLES));
    }

    /** Erases what was drawn. */
    void erase() {
        console.print(HOME + ERASE_BELOW);
    }

    private static String cut(String line, int columns) {
        return columns == 0 || line.codePointCount(0, line.length()) <= columns
                ? line
                : line.substring(0, line.offsetByCodePoints(0, columns));
    }
}
