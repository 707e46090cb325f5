// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import java.util.ArrayList;
import java.util.List;

/** Breaks text into lines; widths are code points. */
final class Wrapping {
    private Wrapping() {}

    /** Returns lines of at most this width, broken at spaces where there are any; at least one line. */
    static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        int[] points = text.codePoints().toArray();
        int start = 0;
        while (points.length - start > width) {
            int end = start + width;
            while (end > start && points[end] != ' ') {
                end--;
            }
            boolean atSpace = end > start;
            end = atSpace ? end : start + width;
            lines.add(new String(points, start, end - start));
            start = atSpace ? end + 1 : end;
        }
        lines.add(new String(points, start, points.length - start));
        return lines;
    }

    static int width(String text) {
        return text.codePointCount(0, text.length());
    }

    static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - width(text)));
    }
}
