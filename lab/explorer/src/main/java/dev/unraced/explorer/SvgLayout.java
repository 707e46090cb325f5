// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import java.util.List;

/** The positions in a {@link TimelineSvg}, in pixels. A note stands beside the step before it. */
final class SvgLayout {
    /** The height of a row. */
    static final int ROW = 22;
    /** The empty space around the picture. */
    static final int EDGE = 16;
    /** The distance from a lane's line to its texts. */
    static final int INDENT = 14;

    private static final int BASELINE = 15;
    private static final int CHARS_SHOWN = 72;
    /** The most characters of a line that has the whole width. */
    private static final int LINE_CHARS_SHOWN = 120;

    private final int headerLines;
    private final int footerLines;
    /** The line in the picture of each row of the timeline. */
    private final int[] lines;
    /** The positions of each lane's line, then of the notes, then of the right edge. */
    private final int[] x;

    SvgLayout(Timeline timeline) {
        headerLines = timeline.header().size();
        footerLines = timeline.footer().size();
        lines = lines(timeline.rows());
        x = columns(timeline);
    }

    private static int[] lines(List<TimelineRow> rows) {
        int[] lines = new int[rows.size()];
        for (int i = 1; i < lines.length; i++) {
            boolean isBesideAStep = rows.get(i).isNote() && !rows.get(i - 1).isNote();
            lines[i] = isBesideAStep ? lines[i - 1] : lines[i - 1] + 1;
        }
        return lines;
    }

    private static int[] columns(Timeline timeline) {
        int threads = timeline.threads().size();
        int[] widths = new int[threads + 1];
        for (int i = 0; i < threads; i++) {
            widths[i] = textWidth(timeline.threads().get(i));
        }
        for (TimelineRow row : timeline.rows()) {
            int column = row.isNote() ? threads : row.thread();
            int indent = row.isNote() ? 0 : INDENT;
            widths[column] = Math.max(widths[column], indent + textWidth(row.text()));
        }
        int[] x = new int[threads + 2];
        x[0] = EDGE + 4;
        for (int i = 0; i <= threads; i++) {
            x[i + 1] = x[i] + widths[i] + EDGE;
        }
        for (List<String> lines : List.of(timeline.header(), timeline.footer())) {
            for (String line : lines) {
                x[threads + 1] = Math.max(x[threads + 1], width(shownLine(line)) + 2 * EDGE);
            }
        }
        return x;
    }

    /**
     * Estimates a width generously: a monospace character is 0.6 of the font's 12 pixels wide, a bold one hardly more.
     */
    private static int width(String shown) {
        return (15 * Wrapping.width(shown) + 1) / 2;
    }

    private static int textWidth(String text) {
        return width(shown(text));
    }

    /** Returns a text for display: escaped, and cut when it is very long. */
    static String shown(String text) {
        return shown(text, CHARS_SHOWN);
    }

    /** Returns a line of the header or the footer for display, as {@link #shown} does. */
    static String shownLine(String text) {
        return shown(text, LINE_CHARS_SHOWN);
    }

    private static String shown(String text, int limit) {
        String whole = TextStyle.UTF_8.escape(text);
        return Wrapping.width(whole) <= limit
                ? whole
                : whole.substring(0, whole.offsetByCodePoints(0, limit - 1)) + "…";
    }

    /** Returns the distance from a lane's line to the end of a text beside it. */
    static int besideText(String text) {
        return INDENT + textWidth(text);
    }

    int width() {
        return x[x.length - 1];
    }

    int height() {
        return rowsBottom() + (footerLines > 0 ? ROW / 2 + footerLines * ROW : 0) + EDGE;
    }

    int laneX(int thread) {
        return x[thread];
    }

    int notesX() {
        return x[x.length - 2];
    }

    int headerY(int line) {
        return EDGE + line * ROW + BASELINE;
    }

    int namesY() {
        return rowsTop() - ROW + BASELINE;
    }

    int rowsTop() {
        return EDGE + (headerLines + 1) * ROW + (headerLines > 0 ? ROW / 2 : 0);
    }

    int rowsBottom() {
        return rowsTop() + (lines.length == 0 ? 0 : lines[lines.length - 1] + 1) * ROW;
    }

    int rowTop(int row) {
        return rowsTop() + lines[row] * ROW;
    }

    /** Returns the baseline of a row's text. */
    int rowY(int row) {
        return rowTop(row) + BASELINE;
    }

    int footerY(int line) {
        return rowsBottom() + ROW / 2 + line * ROW + BASELINE;
    }
}
