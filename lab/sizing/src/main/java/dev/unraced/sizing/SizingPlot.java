// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

import dev.unraced.stash.StashPolicy;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A picture of a sizing: loss and memory against size. It is an SVG that stands alone, follows the reader's light or
 * dark mode, and can be read at a width of 360 pixels.
 */
public final class SizingPlot {
    private static final int WIDTH = 360;
    private static final int LEFT = 64;
    private static final int RIGHT = 344;
    private static final Panel LOSS = new Panel(50, 194);
    private static final Panel MEMORY = new Panel(252, 352);
    /** The value at which no loss is drawn, since 0 has no logarithm. */
    private static final double NO_LOSS = 1e-7;

    private static final String STYLE = """
            <style>
            svg { --ink: #1a1a1a; --paper: #ffffff; --rule: #d8d8d8; --hash: #b3380b; --lru: #0b5cad; }
            @media (prefers-color-scheme: dark) {
              svg { --ink: #ececec; --paper: #16181b; --rule: #3b3f45; --hash: #ff9a6b; --lru: #7cbcff; }
            }
            text { font: 11px system-ui, sans-serif; fill: var(--ink); }
            .head { font-size: 12px; font-weight: 600; }
            .rule { stroke: var(--rule); }
            .paper { fill: var(--paper); }
            polyline { fill: none; stroke-width: 2; }
            .hash { stroke: var(--hash); } circle.hash { fill: var(--hash); }
            .lru { stroke: var(--lru); stroke-dasharray: 6 3; } circle.lru { fill: var(--lru); }
            .java, .bpf { stroke: var(--ink); } .java { stroke-dasharray: 2 3; }
            </style>
            """;

    private final Sizing sizing;
    private final List<Integer> sizes;
    private final StringBuilder svg = new StringBuilder();

    private SizingPlot(Sizing sizing) {
        this.sizing = sizing;
        sizes = sizing.rows().stream()
                .map(row -> row.result().entries())
                .distinct()
                .sorted()
                .toList();
    }

    /** Returns the picture, a whole file. */
    public static String svg(Sizing sizing) {
        return new SizingPlot(sizing).draw();
    }

    private String draw() {
        Map<String, List<SizingRow>> lines = sizing.rows().stream()
                .collect(Collectors.groupingBy(
                        row -> label(row.result().policy(), row.latencyTimes()),
                        LinkedHashMap::new,
                        Collectors.toList()));
        int height = 400 + 16 * lines.size() + 34;
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + WIDTH + " " + height
                + "\" style=\"max-width:720px\" role=\"img\" aria-labelledby=\"title desc\">\n");
        element("title id=\"title\"", "Stash sizes for " + sizing.scenario().name());
        element("desc id=\"desc\"", description());
        svg.append(STYLE).append("<rect class=\"paper\" width=\"" + WIDTH + "\" height=\"" + height + "\"/>\n");
        lossPanel(lines.values());
        memoryPanel();
        legend(lines);
        return svg.append("</svg>\n").toString();
    }

    private void lossPanel(Collection<List<SizingRow>> lines) {
        text(8, 18, "head", "Events without their enter: " + sizing.scenario().name());
        text(8, 34, "", "share of all events, by entries of the stash");
        for (int exponent = 0; exponent > -7; exponent -= 2) {
            rule(LOSS.y(exponent, -7, 0), exponent == 0 ? "100 %" : percent(Math.pow(10, exponent)));
        }
        rule(LOSS.bottom, "none");
        sizeLabels(LOSS.bottom + 15);
        for (List<SizingRow> line : lines) {
            String policy = line.get(0).result().policy().name().toLowerCase(Locale.ROOT);
            StringBuilder points = new StringBuilder();
            StringBuilder dots = new StringBuilder();
            for (SizingRow row : line) {
                double loss = Math.max(NO_LOSS, row.result().events().loss());
                String x = number(x(row.result().entries()));
                String y = number(LOSS.y(Math.log10(loss), -7, 0));
                points.append(x).append(',').append(y).append(' ');
                dots.append("<circle class=\"" + policy + "\" cx=\"" + x + "\" cy=\"" + y + "\" r=\"2.5\"><title>")
                        .append(row.result().entries() + " entries: "
                                + percent(row.result().events().loss()))
                        .append("</title></circle>\n");
            }
            polyline(policy, points).append(dots);
        }
    }

    private void memoryPanel() {
        text(8, 242, "head", "Memory of the stash");
        double least = Math.floor(decade(StashMemory.bpf(sizes.get(0))));
        double most = Math.ceil(decade(StashMemory.java(sizes.get(sizes.size() - 1))));
        for (double exponent = least; exponent <= most; exponent++) {
            rule(MEMORY.y(exponent, least, most), bytes(Math.pow(10, exponent)));
        }
        sizeLabels(MEMORY.bottom + 15);
        StringBuilder bpf = new StringBuilder();
        StringBuilder java = new StringBuilder();
        for (int size : sizes) {
            String x = number(x(size)) + ',';
            bpf.append(x + number(MEMORY.y(decade(StashMemory.bpf(size)), least, most)) + ' ');
            java.append(x + number(MEMORY.y(decade(StashMemory.java(size)), least, most)) + ' ');
        }
        polyline("bpf", bpf);
        polyline("java", java);
    }

    private void legend(Map<String, List<SizingRow>> lines) {
        int y = 390;
        for (Map.Entry<String, List<SizingRow>> line : lines.entrySet()) {
            key(y, line.getValue().get(0).result().policy().name().toLowerCase(Locale.ROOT), line.getKey());
            y += 16;
        }
        key(y, "bpf", "memory of a BPF map");
        key(y + 16, "java", "memory of a stash in Java");
    }

    private void key(int y, String kind, String label) {
        polyline(kind, new StringBuilder("10," + (y - 4) + " 44," + (y - 4)));
        text(52, y, "", label);
    }

    private String label(StashPolicy policy, double times) {
        String what = policy + (policy == StashPolicy.HASH ? ": refuses newcomers" : ": evicts the oldest");
        return sizing.rows().stream().allMatch(row -> row.latencyTimes() == 1)
                ? what
                : what + ", latency × " + plain(times);
    }

    private String description() {
        return sizing.advice().stream()
                .map(advice -> label(advice.policy(), advice.latencyTimes()) + ": "
                        + (advice.enough() ? advice.entries() + " entries are" : "no size tried is") + " enough for "
                        + percent(sizing.wantedLoss()) + " loss")
                .collect(Collectors.joining(". ", "Loss and memory against stash size. ", "."));
    }

    private void sizeLabels(int y) {
        int step = (sizes.size() + 5) / 6;
        for (int i = 0; i < sizes.size(); i += step) {
            int size = sizes.get(i);
            svg.append("<text text-anchor=\"middle\" x=\"" + number(x(size)) + "\" y=\"" + y + "\">"
                    + (size >= 10_000 && size % 1024 == 0 ? size / 1024 + "Ki" : size) + "</text>\n");
        }
    }

    private double x(int size) {
        double least = Math.log(sizes.get(0));
        double most = Math.log(sizes.get(sizes.size() - 1));
        return most == least
                ? (LEFT + RIGHT) / 2.0
                : LEFT + 8 + (Math.log(size) - least) / (most - least) * (RIGHT - LEFT - 16);
    }

    private void rule(double y, String label) {
        svg.append("<line class=\"rule\" x1=\"" + LEFT + "\" x2=\"" + RIGHT + "\" y1=\"" + number(y) + "\" y2=\""
                + number(y) + "\"/><text text-anchor=\"end\" x=\"" + (LEFT - 5) + "\" y=\"" + number(y + 4) + "\">"
                + label
                + "</text>\n");
    }

    private StringBuilder polyline(String kind, StringBuilder points) {
        return svg.append(
                "<polyline class=\"" + kind + "\" points=\"" + points.toString().strip() + "\"/>\n");
    }

    private void text(int x, int y, String kind, String content) {
        element("text class=\"" + kind + "\" x=\"" + x + "\" y=\"" + y + "\"", content);
    }

    private void element(String start, String content) {
        String name = start.split(" ", 2)[0];
        svg.append("<" + start + ">" + escaped(content) + "</" + name + ">\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static double decade(long bytes) {
        return Math.log10((double) bytes);
    }

    private static String percent(double share) {
        return plain(share * 100) + " %";
    }

    private static String plain(double value) {
        return String.format(Locale.ROOT, "%.3g", value).contains("e")
                ? String.format(Locale.ROOT, "%.1e", value)
                : new BigDecimal(String.format(Locale.ROOT, "%.3g", value))
                        .stripTrailingZeros()
                        .toPlainString();
    }

    private static String bytes(double value) {
        return value >= 1e9
                ? plain(value / 1e9) + " GB"
                : value >= 1e6 ? plain(value / 1e6) + " MB" : plain(value / 1e3) + " kB";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    /** A part of the picture, from top to bottom. */
    private record Panel(int top, int bottom) {
        /** Returns the position of a value between two bounds. */
        double y(double value, double least, double most) {
            return bottom - (value - least) / Math.max(1e-9, most - least) * (bottom - top);
        }
    }
}
