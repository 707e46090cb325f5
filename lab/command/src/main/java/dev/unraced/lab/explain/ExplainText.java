// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.explain;

import dev.unraced.explorer.TextStyle;
import dev.unraced.explorer.Timeline;
import dev.unraced.explorer.attack.AttackReport;
import dev.unraced.explorer.attack.AttackReport.Row;
import dev.unraced.explorer.attack.Mode;
import dev.unraced.explorer.attack.Verdict;
import java.util.List;
import java.util.Locale;

/** Attacks for people. */
public final class ExplainText {
    private static final int WIDTH = 120;
    private static final String LINE = "%-16s %13s  %-20s %-20s %-20s %s";
    private static final String ROW = "%-8s %9s %6s %7s %7s %6s";

    private ExplainText() {}

    /** Returns all attacks, one line each, with the result under each mode. */
    public static String of(List<AttackReport> reports) {
        StringBuilder text = new StringBuilder();
        for (AttackReport report : reports) {
            line(text, "%-16s %s", report.attack().name(), report.attack().title());
        }
        return text.append('\n').append(summary(reports)).append("""

                "FOOLED 6 of 15": in 6 of 15 interleavings an event is wrong, and has no warning. WARNED: it is wrong, and says that
                it may be. TRUE: never wrong. These are all interleavings that there are, not a sample. naive: stash without the
                defence that the attack is about. 'unraced lab explain ATTACK' shows one execution, step by step.
                """).toString();
    }

    /** Returns the table alone. */
    static String summary(List<AttackReport> reports) {
        StringBuilder text = new StringBuilder();
        line(text, LINE, "attack", "interleavings", "off", "stash", "kernel", "naive");
        for (AttackReport report : reports) {
            line(
                    text,
                    LINE,
                    report.attack().name(),
                    report.interleavings(),
                    worst(report, Mode.OFF),
                    worst(report, Mode.STASH),
                    worst(report, Mode.KERNEL),
                    worst(report, Mode.NAIVE));
        }
        return text.toString();
    }

    private static String worst(AttackReport report, Mode mode) {
        if (!report.attack().modes().contains(mode)) {
            return "";
        }
        Row row = report.row(mode);
        return row.worst() == Verdict.TRUE
                ? "TRUE"
                : row.worst() + " " + row.count(row.worst()) + " of " + row.executions();
    }

    /** Returns one attack, with one of its executions. */
    public static String of(AttackReport report, Timeline timeline, TextStyle style) {
        StringBuilder text = new StringBuilder();
        line(text, "%s: %s", report.attack().name(), report.attack().title());
        text.append('\n').append(wrapped(report.attack().story())).append('\n');
        line(text, "%s interleavings, by what the events say:", report.interleavings());
        text.append('\n').append(table(report)).append('\n');
        return text.append(timeline.text(WIDTH, style)).toString();
    }

    private static String table(AttackReport report) {
        StringBuilder text = new StringBuilder();
        line(text, ROW, "mode", "explored", "true", "warned", "fooled", "lied");
        for (Row row : report.rows()) {
            line(
                    text,
                    ROW,
                    row.mode().label(),
                    row.executions(),
                    row.count(Verdict.TRUE),
                    row.count(Verdict.WARNED),
                    row.count(Verdict.FOOLED),
                    row.count(Verdict.LIED));
        }
        return text.toString();
    }

    private static String wrapped(String story) {
        StringBuilder text = new StringBuilder();
        int column = 0;
        for (String word : story.split(" ", -1)) {
            boolean isFull = column > 0 && column + 1 + word.length() > WIDTH;
            text.append(isFull ? "\n" : column > 0 ? " " : "").append(word);
            column = isFull || column == 0 ? word.length() : column + 1 + word.length();
        }
        return text.append('\n').toString();
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
