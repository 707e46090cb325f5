// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Lists the acts and changes around a lie, line by line, in the order of time. */
final class Timeline {
    private static final int MOST = 24;
    private static final double NANOS_PER_MICRO = 1000.0;

    private record Entry(long begin, long end, String text) {}

    private Timeline() {}

    /** Returns the acts and changes that overlap the act of a lie; times count from the act's begin. */
    static String of(ActLog log, Lie lie) {
        if (lie.act().isEmpty()) {
            return "";
        }
        Act act = lie.act().get();
        List<Entry> entries = new ArrayList<>();
        for (Act each : log.acts()) {
            entries.add(new Entry(each.begin(), each.end(), each.toString()));
        }
        for (LogLine change : log.changes()) {
            entries.add(new Entry(
                    change.number("b"),
                    change.number("e"),
                    "actor " + change.integer("a") + ": " + change.text("what") + " " + change.text("path") + " "
                            + change.text("other") + " = " + change.number("res")));
        }
        entries.sort(Comparator.comparingLong(Entry::begin));
        List<Entry> near = entries.stream()
                .filter(each -> each.end() >= act.begin() && each.begin() <= act.end())
                .limit(MOST)
                .toList();
        StringBuilder text = new StringBuilder();
        for (Entry entry : near) {
            text.append(String.format(
                    Locale.ROOT,
                    "  %+10.1f to %+10.1f us  %s%n",
                    (entry.begin() - act.begin()) / NANOS_PER_MICRO,
                    (entry.end() - act.begin()) / NANOS_PER_MICRO,
                    entry.text()));
        }
        lie.event()
                .ifPresent(event -> text.append(String.format(
                        Locale.ROOT,
                        "  %+10.1f us               event %s%n",
                        (event.call().exitNanos() - act.begin()) / NANOS_PER_MICRO,
                        event)));
        return text.toString();
    }
}
