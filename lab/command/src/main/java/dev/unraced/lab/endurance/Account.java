// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.endurance;

import dev.unraced.capture.CaptureStats;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts of the calls that a reader watched, by what became of them.
 *
 * @param delivered the events that the reader got
 * @param lost the events that it did not get, and knows of
 * @param balanced whether that is all of them
 */
record Account(long delivered, long lost, boolean balanced) {
    private static final Pattern SUMMARY =
            Pattern.compile("driver \\w+: \\d+ returned, (\\d+) delivered, (\\d+) lost[^\\n]*");
    private static final Pattern UNREAD = Pattern.compile(", (\\d+) left unread");

    static Account of(CaptureStats stats) {
        return new Account(stats.delivered(), stats.totalLost(), stats.imbalance() == 0);
    }

    /** Reads the last summary that a command has printed. */
    static Account of(String said) {
        Matcher matcher = SUMMARY.matcher(said);
        Account last = null;
        while (matcher.find()) {
            Matcher unread = UNREAD.matcher(matcher.group());
            last = new Account(
                    Long.parseLong(matcher.group(1)),
                    Long.parseLong(matcher.group(2)) + (unread.find() ? Long.parseLong(unread.group(1)) : 0),
                    matcher.group().endsWith(", balanced"));
        }
        if (last == null) {
            throw new IllegalStateException("no summary in: " + said);
        }
        return last;
    }

    /** Returns how many calls are accounted for. */
    long calls() {
        return delivered + lost;
    }

    Account plus(Account other) {
        return new Account(delivered + other.delivered, lost + other.lost, balanced && other.balanced);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d delivered, %d lost and counted, %s",
                delivered,
                lost,
                balanced ? "balanced" : "NOT BALANCED");
    }
}
