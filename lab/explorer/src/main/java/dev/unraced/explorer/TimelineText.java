// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import dev.unraced.explorer.TimelineRow.Kind;
import java.util.ArrayList;
import java.util.List;

/** Draws one {@link Timeline} as text. */
final class TimelineText {
    private static final int LEAST_COLUMN = 8;
    /** The width of the mark before a line, and of the bar before a text in its column. */
    private static final int MARK = 2;

    private static final String GAP = "  ";

    private final Timeline timeline;
    private final int width;
    private final TextStyle style;
    private final List<Timeline.Call> calls;
    /** The widths of the threads' columns, then of the margin, which is 0 if there are no notes. */
    private final int[] columns;

    private final StringBuilder text = new StringBuilder();

    TimelineText(Timeline timeline, int width, TextStyle style) {
        this.timeline = timeline;
        this.width = width;
        this.style = style;
        calls = timeline.calls();
        columns = wantedColumns();
        narrow(columns);
    }

    private int[] wantedColumns() {
        int margin = timeline.threads().size();
        int[] wanted = new int[margin + 1];
        for (int i = 0; i < margin; i++) {
            String name = style.escape(timeline.threads().get(i));
            wanted[i] = Math.max(LEAST_COLUMN, MARK + Wrapping.width(name));
        }
        for (TimelineRow row : timeline.rows()) {
            int length = Wrapping.width(style.escape(row.text()));
            if (row.isNote()) {
                wanted[margin] = Math.max(wanted[margin], Math.max(LEAST_COLUMN, length));
            } else {
                wanted[row.thread()] = Math.max(wanted[row.thread()], MARK + length);
            }
        }
        return wanted;
    }

    /** Narrows the widest column until all columns fit. */
    private void narrow(int[] wanted) {
        int total = MARK - GAP.length();
        for (int column : wanted) {
            total += column == 0 ? 0 : column + GAP.length();
        }
        while (total > width) {
            int widest = 0;
            for (int i = 1; i < wanted.length; i++) {
                widest = wanted[i] > wanted[widest] ? i : widest;
            }
            if (wanted[widest] <= LEAST_COLUMN) {
                return;
            }
            wanted[widest]--;
            total--;
        }
    }

    String draw() {
        for (String line : timeline.header()) {
            wrapped(line);
        }
        if (!timeline.header().isEmpty()) {
            text.append('\n');
        }
        names();
        rows();
        if (!timeline.footer().isEmpty()) {
            text.append('\n');
        }
        for (String line : timeline.footer()) {
            wrapped(line);
        }
        return text.toString();
    }

    private void wrapped(String line) {
        for (String part : Wrapping.wrap(style.escape(line), Math.max(width, LEAST_COLUMN))) {
            line(part);
        }
    }

    private void names() {
        List<List<String>> names = new ArrayList<>();
        List<List<String>> rules = new ArrayList<>();
        for (int i = 0; i < timeline.threads().size(); i++) {
            names.add(cell(i, " ", " ", timeline.threads().get(i)));
            rules.add(List.of(style.rule.repeat(columns[i])));
        }
        names.add(List.of());
        rules.add(List.of());
        cells(" ", names);
        cells(" ", rules);
    }

    private void rows() {
        List<TimelineRow> rows = timeline.rows();
        for (int i = 0; i < rows.size(); ) {
            int first = i;
            i += rows.get(first).isNote() ? 0 : 1;
            List<String> notes = new ArrayList<>();
            while (i < rows.size() && rows.get(i).isNote()) {
                notes.addAll(Wrapping.wrap(style.escape(rows.get(i).text()), columns[columns.length - 1]));
                i++;
            }
            row(first, notes);
        }
    }

    private void row(int i, List<String> notes) {
        TimelineRow row = timeline.rows().get(i);
        List<String> step = row.isNote() ? List.of() : step(i);
        int height = Math.max(step.size(), notes.size());
        List<List<String>> cells = new ArrayList<>();
        for (int thread = 0; thread < timeline.threads().size(); thread++) {
            List<String> cell = new ArrayList<>(thread == row.thread() ? step : List.of());
            String more = thread == row.thread() && row.kind() == Kind.EXIT ? " " : bar(thread, i);
            while (cell.size() < height) {
                cell.add(more);
            }
            cells.add(cell);
        }
        cells.add(notes);
        cells(mark(i), cells);
    }

    private List<String> step(int i) {
        TimelineRow row = timeline.rows().get(i);
        String bar = bar(row.thread(), i);
        return switch (row.kind()) {
            case ENTER -> cell(row.thread(), style.enter, bar, row.text());
            case EXIT -> cell(row.thread(), style.exit, " ", row.text());
            default -> cell(row.thread(), bar, bar, row.text());
        };
    }

    private String bar(int thread, int row) {
        return calls.stream().anyMatch(call -> call.thread() == thread && call.covers(row)) ? style.inside : " ";
    }

    private String mark(int i) {
        TimelineRow row = timeline.rows().get(i);
        if (row.kind() == Kind.ATTACK) {
            return style.attack;
        }
        if (row.isNote()) {
            return " ";
        }
        return calls.stream().anyMatch(call -> call.thread() != row.thread() && call.covers(i)) ? style.falls : " ";
    }

    private List<String> cell(int column, String first, String more, String content) {
        List<String> lines = new ArrayList<>();
        for (String part : Wrapping.wrap(style.escape(content), columns[column] - MARK)) {
            lines.add((lines.isEmpty() ? first : more) + " " + part);
        }
        return lines;
    }

    /** Puts cells beside each other. */
    private void cells(String mark, List<List<String>> cells) {
        int height = cells.stream().mapToInt(List::size).max().orElse(0);
        for (int i = 0; i < height; i++) {
            StringBuilder line = new StringBuilder(i == 0 ? mark : " ").append(' ');
            for (int column = 0; column < cells.size(); column++) {
                List<String> cell = cells.get(column);
                line.append(Wrapping.pad(i < cell.size() ? cell.get(i) : "", columns[column]))
                        .append(GAP);
            }
            line(line.toString());
        }
    }

    private void line(String line) {
        text.append(line.stripTrailing()).append('\n');
    }
}
