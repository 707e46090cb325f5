// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import dev.unraced.explorer.TimelineRow.Kind;
import java.util.List;
import java.util.Locale;

/**
 * Draws a {@link Timeline} as one self-contained SVG: no script, nothing loaded, light or dark as the reader's system
 * is. Time runs downwards; each thread has a lane, and calls are bars. A dashed line leads from a step to every call of
 * another thread that the step falls into.
 */
public final class TimelineSvg {
    private static final String STYLE = """
            .tl{--bg:#fff;--fg:#1f2328;--dim:#59636e;--lane:#d0d7de;--bar:#54aeff;--hook:#8250df;--bad:#cf222e;--hit:#ffebe9;\
            font:12px ui-monospace,Menlo,Consolas,monospace}
            @media (prefers-color-scheme:dark){.tl{--bg:#0d1117;--fg:#e6edf3;--dim:#9198a1;--lane:#30363d;--bar:#1f6feb;\
            --hook:#bc8cff;--bad:#ff7b72;--hit:#3c1618}}
            .tl text,.tl circle{fill:var(--fg);white-space:pre}.tl .tl-name,.tl .tl-verdict{font-weight:bold}
            .tl .tl-user{fill:var(--dim)}.tl .tl-note{fill:var(--dim);font-style:italic}
            .tl .tl-forged{fill:var(--bad);font-style:italic;font-weight:bold}
            .tl .tl-observer{fill:var(--hook)}.tl .tl-attack{fill:var(--bad);font-weight:bold}
            .tl .tl-bg{fill:var(--bg)}.tl .tl-call{fill:var(--bar)}.tl .tl-hit{fill:var(--hit)}
            .tl .tl-lane{stroke:var(--lane)}.tl .tl-falls{stroke:var(--dim);stroke-dasharray:2 3}
            """;

    private final Timeline timeline;
    private final List<Timeline.Call> calls;
    private final SvgLayout layout;
    private final StringBuilder svg = new StringBuilder();

    private TimelineSvg(Timeline timeline) {
        this.timeline = timeline;
        calls = timeline.calls();
        layout = new SvgLayout(timeline);
    }

    /** Returns the SVG, without an XML declaration, so that it can also stand inside a page. */
    public static String draw(Timeline timeline, String title) {
        return new TimelineSvg(timeline).draw(title);
    }

    private String draw(String title) {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"tl\" role=\"img\" width=\"%d\" height=\"%d\""
                        + " viewBox=\"0 0 %1$d %2$d\">",
                layout.width(), layout.height());
        add("<title>%s</title>", escape(title));
        add("<desc>%s</desc>", escape(description()));
        svg.append("<style>\n").append(STYLE).append("</style>\n");
        add("<rect class=\"tl-bg\" width=\"%d\" height=\"%d\"/>", layout.width(), layout.height());
        for (int i = 0; i < timeline.header().size(); i++) {
            line("tl-head", layout.headerY(i), timeline.header().get(i));
        }
        attacks();
        lanes();
        steps();
        for (int i = 0; i < timeline.footer().size(); i++) {
            line("tl-verdict", layout.footerY(i), timeline.footer().get(i));
        }
        return svg.append("</svg>\n").toString();
    }

    /** Returns a text for screen readers that has all the picture's contents. */
    private String description() {
        StringBuilder all = new StringBuilder();
        timeline.header().forEach(line -> all.append(line).append(". "));
        for (TimelineRow row : timeline.rows()) {
            String who = row.isNote() ? "note" : timeline.threads().get(row.thread());
            all.append(who).append(": ").append(row.text()).append(". ");
        }
        timeline.footer().forEach(line -> all.append(line).append(". "));
        return all.toString().strip();
    }

    private void attacks() {
        for (int i = 0; i < timeline.rows().size(); i++) {
            if (timeline.rows().get(i).kind() == Kind.ATTACK) {
                add(
                        "<rect class=\"tl-hit\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
                        layout.rowTop(i), layout.width(), SvgLayout.ROW);
            }
        }
    }

    private void lanes() {
        for (int i = 0; i < timeline.threads().size(); i++) {
            int x = layout.laneX(i);
            label("tl-name", x, layout.namesY(), timeline.threads().get(i));
            add(
                    "<line class=\"tl-lane\" x1=\"%d\" x2=\"%1$d\" y1=\"%d\" y2=\"%d\"/>",
                    x, layout.rowsTop(), layout.rowsBottom());
        }
        for (Timeline.Call call : calls) {
            int top = layout.rowTop(call.first());
            add(
                    "<rect class=\"tl-call\" x=\"%d\" y=\"%d\" width=\"8\" height=\"%d\" rx=\"3\"/>",
                    layout.laneX(call.thread()) - 4, top + 2, layout.rowTop(call.last()) + SvgLayout.ROW - 4 - top);
        }
    }

    private void steps() {
        for (int i = 0; i < timeline.rows().size(); i++) {
            TimelineRow row = timeline.rows().get(i);
            String kind = "tl-" + row.kind().name().toLowerCase(Locale.ROOT);
            if (row.isNote()) {
                label(kind, layout.notesX(), layout.rowY(i), row.text());
                continue;
            }
            int x = layout.laneX(row.thread());
            for (Timeline.Call call : calls) {
                if (call.thread() != row.thread() && call.covers(i)) {
                    add(
                            "<line class=\"tl-falls\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%3$d\"/>",
                            layout.laneX(call.thread()) > x ? x + SvgLayout.besideText(row.text()) : x,
                            layout.laneX(call.thread()),
                            layout.rowTop(i) + SvgLayout.ROW / 2);
                }
            }
            add("<circle class=\"%s\" cx=\"%d\" cy=\"%d\" r=\"3\"/>", kind, x, layout.rowTop(i) + SvgLayout.ROW / 2);
            label(kind, x + SvgLayout.INDENT, layout.rowY(i), row.text());
        }
    }

    /** Adds a text; one that is too long is cut, and shown whole under the pointer. */
    private void label(String kind, int x, int y, String text) {
        label(kind, x, y, text, SvgLayout.shown(text));
    }

    private void line(String kind, int y, String text) {
        label(kind, SvgLayout.EDGE, y, text, SvgLayout.shownLine(text));
    }

    private void label(String kind, int x, int y, String text, String shown) {
        boolean isWhole = shown.equals(TextStyle.UTF_8.escape(text));
        add(
                "<text class=\"%s\" x=\"%d\" y=\"%d\">%s%s</text>",
                kind, x, y, isWhole ? "" : "<title>" + escape(text) + "</title>", escapeMarkup(shown));
    }

    private static String escape(String text) {
        return escapeMarkup(TextStyle.UTF_8.escape(text));
    }

    private static String escapeMarkup(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
