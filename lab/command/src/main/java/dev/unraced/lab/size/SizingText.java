// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.size;

import dev.unraced.sizing.Advice;
import dev.unraced.sizing.EventCounts;
import dev.unraced.sizing.ScaleResult;
import dev.unraced.sizing.ScaleScenario;
import dev.unraced.sizing.Sizing;
import dev.unraced.sizing.SizingRow;
import dev.unraced.stash.StashPolicy;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.Locale;

/** A sizing for people: a table, and the conclusions from it. */
public final class SizingText {
    private static final String HEADER = "%-6s %8s %9s %10s %10s %10s %9s %9s %8s %9s %9s%n";
    private static final String ROW = "%-6s %8d %9s %10d %10d %10d %9d %9s %8d %9s %9s%n";

    private final Sizing sizing;
    private final StringBuilder text = new StringBuilder();

    private SizingText(Sizing sizing) {
        this.sizing = sizing;
    }

    /** Returns the whole report. */
    public static String of(Sizing sizing) {
        return new SizingText(sizing).write();
    }

    private String write() {
        scenario();
        double latency = 0;
        for (SizingRow row : sizing.rows()) {
            if (row.latencyTimes() != latency || startsSeries(row)) {
                latency = row.latencyTimes();
                text.append('\n').append(latency == 1 ? "" : "Calls " + plain(latency) + " times as long\n");
                line(
                        HEADER,
                        "stash",
                        "entries",
                        "loss",
                        "complete",
                        "refused",
                        "evicted",
                        "unknown",
                        "slow loss",
                        "peak",
                        "BPF",
                        "Java");
            }
            row(row);
        }
        text.append("""

                loss       events without their enter; slow loss: of calls that took a second or more
                refused    the stash was full; evicted: it gave the entry up for a newer one; unknown: it cannot say
                peak       the most entries at any time; BPF, Java: the memory of a stash of this size

                """);
        sizing.advice().forEach(this::advice);
        return text.toString();
    }

    private boolean startsSeries(SizingRow row) {
        return row.result().entries() == sizing.rows().get(0).result().entries();
    }

    private void scenario() {
        ScaleScenario scenario = sizing.scenario();
        SizingRow first = sizing.rows().get(0);
        line(
                "%s: %,d threads, %s calls per second, %s of virtual time, seed %d%n",
                scenario.name(),
                scenario.threads(),
                plain(scenario.callsPerSecond()),
                time(scenario.duration()),
                scenario.seed());
        line(
                "%,d calls, %s on average; %,d threads killed in a call; the statistics balance, no entry was mixed up%n",
                first.result().calls(),
                time(Duration.ofNanos((long) scenario.latency().meanNanos())),
                first.result().killed());
        if (scenario.attack().isReal()) {
            line(
                    "attack: from %s on, %,d threads, %s a second, that never return%n",
                    time(scenario.attack().at()),
                    scenario.attack().threads(),
                    plain(scenario.attack().perSecond()));
        }
    }

    private void row(SizingRow row) {
        ScaleResult result = row.result();
        EventCounts events = result.events();
        line(
                ROW,
                result.policy(),
                result.entries(),
                percent(events.loss()),
                events.complete(),
                events.refused(),
                events.evicted(),
                events.missing() + events.stale(),
                percent(result.slow().loss()),
                result.highWater(),
                bytes(row.bpfBytes()),
                bytes(row.javaBytes()));
    }

    private void advice(Advice advice) {
        String latency = advice.latencyTimes() == 1 ? "" : " (latency × " + plain(advice.latencyTimes()) + ")";
        String wanted = percent(sizing.wantedLoss());
        if (advice.enough()) {
            line(
                    "%s%s: stash.entries = %d is the smallest size tried that loses %s or less.%n",
                    advice.policy(), latency, advice.entries(), wanted);
        } else {
            line("%s%s: no size tried loses %s or less.%n", advice.policy(), latency, wanted);
        }
        EventCounts attacked = advice.underAttack().attacked();
        line(
                "  With %d, under an attack of %,d threads that block for ever: %s of the events from then on are lost;%n"
                        + "  %s%n",
                advice.entries(), advice.attack().threads(), percent(attacked.loss()), consequence(advice));
    }

    private static String consequence(Advice advice) {
        if (advice.underAttack().neverFull()) {
            return "the attack does not fill it; one with more threads would.";
        }
        return advice.policy() == StashPolicy.HASH
                ? "HASH refuses newcomers once it is full, and as long as the attacker stays."
                : "LRU gives up the calls that block longest; of slow calls, "
                        + percent(advice.underAttack().slow().loss()) + " are lost.";
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values));
    }

    private static String percent(double share) {
        return plain(share * 100) + " %";
    }

    private static String plain(double value) {
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(value >= 1000 ? 7 : 3));
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }

    private static String bytes(long bytes) {
        return bytes < 1_000_000 ? bytes / 1000 + " kB" : plain(bytes / 1e6) + " MB";
    }

    private static String time(Duration time) {
        if (time.toSeconds() >= 60) {
            return String.format("%d:%02d:%02d h", time.toHours(), time.toMinutesPart(), time.toSecondsPart());
        }
        long nanos = time.toNanos();
        return nanos >= 1_000_000_000
                ? plain(nanos / 1e9) + " s"
                : nanos >= 1_000_000 ? plain(nanos / 1e6) + " ms" : plain(nanos / 1e3) + " us";
    }
}
