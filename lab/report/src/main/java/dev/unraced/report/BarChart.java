// SPDX-License-Identifier: Apache-2.0
package dev.unraced.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Horizontal bars, each below its name and number, narrow enough for a telephone. Immutable.
 *
 * @param title the measured thing, and the unit
 * @param bars from top to bottom
 */
record BarChart(String title, List<Bar> bars) {
    private static final int WIDTH = 340;
    private static final int LINE = 36;

    /**
     * A bar.
     *
     * @param value its length; a negative value is drawn as 0
     * @param number the value in print
     */
    record Bar(String name, double value, String number) {}

    BarChart {
        bars = List.copyOf(bars);
    }

    /** A bar and its position. */
    record Drawn(String name, String number, int textY, int barY, String length) {}

    List<Drawn> drawn() {
        double most = bars.stream().mapToDouble(Bar::value).max().orElse(0);
        return IntStream.range(0, bars.size())
                .mapToObj(i -> {
                    Bar bar = bars.get(i);
                    double length = Math.max(0, bar.value()) / Math.max(most, Double.MIN_NORMAL) * WIDTH;
                    return new Drawn(
                            bar.name(),
                            bar.number(),
                            i * LINE + 14,
                            i * LINE + 19,
                            String.format(Locale.ROOT, "%.1f", length));
                })
                .toList();
    }

    /** Returns the text that a screen reader reads. */
    String description() {
        return bars.stream().map(bar -> bar.name() + ": " + bar.number()).collect(Collectors.joining("; "));
    }

    int width() {
        return WIDTH;
    }

    int height() {
        return bars.size() * LINE;
    }
}
