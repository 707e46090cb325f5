// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import dev.unraced.explorer.TimelineRow.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * An execution, ready to be shown: one column per thread, one row per step. Immutable.
 *
 * @param threads the threads' names
 * @param header lines above
 * @param rows from first to last
 * @param footer lines below: the verdict
 */
public record Timeline(List<String> threads, List<String> header, List<TimelineRow> rows, List<String> footer) {
    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if there is no thread, or a row has a thread without a name
     */
    public Timeline {
        threads = List.copyOf(threads);
        header = List.copyOf(header);
        rows = List.copyOf(rows);
        footer = List.copyOf(footer);
        if (threads.isEmpty()) {
            throw new IllegalArgumentException("no threads");
        }
        for (TimelineRow row : rows) {
            if (row.thread() < 0 || row.thread() >= threads.size()) {
                throw new IllegalArgumentException("no such thread: " + row.thread());
            }
        }
    }

    /**
     * Returns the timeline as text in lines of at most {@code width} characters (code points), or more when the
     * columns, 8 characters wide at least, need more. A row that falls inside another thread's call is marked in the
     * first column, an attack with {@code !} there. Longer texts, the header and the footer are wrapped. The text ends
     * with a line feed.
     */
    public String text(int width, TextStyle style) {
        return new TimelineText(this, width, style).draw();
    }

    /** Returns the calls, in the order in which they were entered; a call that did not return lasts until the end. */
    List<Call> calls() {
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).kind() == Kind.ENTER) {
                calls.add(new Call(rows.get(i).thread(), i, lastRow(i)));
            }
        }
        return calls;
    }

    private int lastRow(int enter) {
        for (int i = enter + 1; i < rows.size(); i++) {
            if (rows.get(i).thread() == rows.get(enter).thread() && rows.get(i).kind() == Kind.EXIT) {
                return i;
            }
        }
        return rows.size() - 1;
    }

    /** A thread's call, from its first row to its last. */
    record Call(int thread, int first, int last) {
        boolean covers(int row) {
            return first <= row && row <= last;
        }
    }
}
