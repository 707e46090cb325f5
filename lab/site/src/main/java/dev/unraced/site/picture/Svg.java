// SPDX-License-Identifier: Apache-2.0
package dev.unraced.site.picture;

import java.util.Locale;

/** Writes one drawing. It has no identifiers, so that several can stand in one page. */
final class Svg {
    /** The width of a letter. */
    static final double LETTER = 7.3;

    static final int LINE = 17;

    private static final String STYLE = """
            .pic{--bg:#fff;--fg:#1f2328;--dim:#59636e;--line:#8c959f;--box:#f2f5f8;--good:#1a7f37;--bad:#cf222e;\
            --bar:#2166ac;font:12px ui-monospace,Menlo,Consolas,monospace}
            @media (prefers-color-scheme:dark){.pic{--bg:#0d1117;--fg:#e6edf3;--dim:#9198a1;--line:#656c76;\
            --box:#171d26;--good:#5fd47f;--bad:#ff7b72;--bar:#74add1}}
            .pic text{fill:var(--fg);white-space:pre}.pic .dim{fill:var(--dim)}.pic .bad{fill:var(--bad)}
            .pic .good{fill:var(--good)}.pic .head{font-weight:bold}.pic .bg{fill:var(--bg)}
            .pic .box{fill:var(--box);stroke:var(--line)}.pic .frame{fill:none;stroke:var(--line);stroke-dasharray:2 4}
            .pic .bar{fill:var(--bar)}.pic .other{fill:var(--line)}.pic .arrow{stroke:var(--line);fill:none}
            .pic .tip{fill:var(--line)}.pic .dashed{stroke-dasharray:5 4}
            """;

    private final StringBuilder body = new StringBuilder();
    private final String title;
    private final String description;
    private final int width;
    private final int height;

    /**
     * Begins a drawing.
     *
     * @param description what the drawing shows, for those who do not see it
     */
    Svg(String title, String description, int width, int height) {
        this.title = title;
        this.description = description;
        this.width = width;
        this.height = height;
    }

    Svg rectangle(String kind, double x, double y, double width, double height) {
        return add("<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"4\"/>"
                .formatted(kind, number(x), number(y), number(width), number(height)));
    }

    /** Writes text, its line's foot at y; the anchor is start, middle or end. */
    Svg text(String kind, String anchor, double x, double y, String text) {
        return add("<text%s%s x=\"%s\" y=\"%s\">%s</text>"
                .formatted(
                        kind.isEmpty() ? "" : " class=\"" + kind + '"',
                        anchor.equals("start") ? "" : " text-anchor=\"" + anchor + '"',
                        number(x),
                        number(y),
                        escaped(text)));
    }

    Svg line(String kind, double fromX, double fromY, double toX, double toY) {
        return add("<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>"
                .formatted(kind, number(fromX), number(fromY), number(toX), number(toY)));
    }

    /** Draws an arrow with its tip at the second point. */
    Svg arrow(boolean isDashed, double fromX, double fromY, double toX, double toY) {
        double length = Math.hypot(toX - fromX, toY - fromY);
        double x = (toX - fromX) / length;
        double y = (toY - fromY) / length;
        line(isDashed ? "arrow dashed" : "arrow", fromX, fromY, toX - 7 * x, toY - 7 * y);
        return add("<path class=\"tip\" d=\"M%s %sL%s %sL%s %sZ\"/>"
                .formatted(
                        number(toX),
                        number(toY),
                        number(toX - 9 * x - 4 * y),
                        number(toY - 9 * y + 4 * x),
                        number(toX - 9 * x + 4 * y),
                        number(toY - 9 * y - 4 * x)));
    }

    private Svg add(String element) {
        body.append(element).append('\n');
        return this;
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    @Override
    public String toString() {
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"pic\" role=\"img\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n"
                        .formatted(width, height, width, height)
                + "<title>" + escaped(title) + "</title>\n"
                + "<desc>" + escaped(description) + "</desc>\n"
                + "<style>\n" + STYLE + "</style>\n"
                + "<rect class=\"bg\" width=\"%d\" height=\"%d\"/>\n".formatted(width, height)
                + body + "</svg>\n";
    }
}
