// SPDX-License-Identifier: Apache-2.0
package dev.unraced.report;

import dev.unraced.explorer.Timeline;
import dev.unraced.explorer.TimelineRow;
import dev.unraced.explorer.TimelineRow.Kind;
import dev.unraced.explorer.TimelineSvg;
import dev.unraced.explorer.attack.AttackReport;
import dev.unraced.explorer.attack.AttackTimeline;
import dev.unraced.explorer.attack.Mode;
import dev.unraced.explorer.attack.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * An attack on the simulated kernel, and one of its executions, as the template shows it.
 *
 * @param outcomes the outcome of each mode, in the order of {@link Mode}
 * @param shown the mode of the execution
 * @param svg its drawing
 * @param steps the execution as text
 * @param verdict on the execution, in words
 * @param worst the same, as the name of a style
 */
record AttackTimelineModel(
        String name,
        String title,
        String story,
        String interleavings,
        List<Row> modes,
        List<Outcome> outcomes,
        String shown,
        String svg,
        List<Step> steps,
        String verdict,
        String worst) {
    /**
     * The outcomes of one mode's executions.
     *
     * @param worst the worst verdict
     * @param says the event of the worst execution
     */
    record Row(
            String mode, long executions, long right, long warned, long fooled, long lied, String worst, String says) {
        /** Returns whether the event of the worst execution deceives. */
        boolean forged() {
            return isForged(worst);
        }
    }

    /**
     * The worst outcome of a mode.
     *
     * @param worst the verdict; empty when the attack has no such mode
     * @param share the share of executions with this verdict; empty when all events are true
     */
    record Outcome(String worst, String share) {}

    /** @param who the thread, or the observer */
    record Step(int number, String who, String what, boolean attack) {}

    static AttackTimelineModel of(AttackReport report) {
        Mode shown = report.shown();
        Timeline timeline = AttackTimeline.of(report.attack(), shown, report.execution(shown));
        String name = report.attack().name();
        return new AttackTimelineModel(
                name,
                report.attack().title(),
                report.attack().story(),
                report.interleavings().toString(),
                report.rows().stream().map(row -> row(report, row)).toList(),
                Stream.of(Mode.values()).map(mode -> outcome(report, mode)).toList(),
                shown.label(),
                TimelineSvg.draw(timeline, name + ", mode " + shown.label()),
                steps(timeline),
                String.join(" ", timeline.footer()),
                report.row(shown).worst().name().toLowerCase(Locale.ROOT));
    }

    /** Returns whether the event of the shown execution deceives. */
    boolean forged() {
        return isForged(worst);
    }

    private static boolean isForged(String worst) {
        return worst.equals("fooled") || worst.equals("lied");
    }

    private static Row row(AttackReport report, AttackReport.Row row) {
        return new Row(
                row.mode().label(),
                row.executions(),
                row.count(Verdict.TRUE),
                row.count(Verdict.WARNED),
                row.count(Verdict.FOOLED),
                row.count(Verdict.LIED),
                row.worst().name().toLowerCase(Locale.ROOT),
                report.says(row.mode()));
    }

    private static Outcome outcome(AttackReport report, Mode mode) {
        if (!report.attack().modes().contains(mode)) {
            return new Outcome("", "");
        }
        AttackReport.Row row = report.row(mode);
        String worst = row.worst().name().toLowerCase(Locale.ROOT);
        return new Outcome(
                worst, row.worst() == Verdict.TRUE ? "" : row.count(row.worst()) + " of " + row.executions());
    }

    private static List<Step> steps(Timeline timeline) {
        return IntStream.range(0, timeline.rows().size())
                .mapToObj(i -> {
                    TimelineRow row = timeline.rows().get(i);
                    boolean isNote = row.isNote();
                    return new Step(
                            i + 1,
                            isNote ? "observer" : timeline.threads().get(row.thread()),
                            row.text(),
                            row.kind() == Kind.ATTACK);
                })
                .toList();
    }
}
