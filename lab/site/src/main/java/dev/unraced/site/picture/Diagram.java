// SPDX-License-Identifier: Apache-2.0
package dev.unraced.site.picture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Boxes with arrows between them. A box is as wide as its text, around its middle. */
final class Diagram {
    private static final int PADDING = 9;

    /** A box: its middle, its size and its lines, of which the first is bold. */
    private record Box(double x, double y, double width, double height, List<String> lines) {}

    private record Arrow(String from, String to, String label, boolean isDashed) {}

    private record Note(double x, double y, String text) {}

    private record Frame(String title, double x, double y, double width, double height) {}

    private final String title;
    private final int width;
    private final int height;
    private final Map<String, Box> boxes = new LinkedHashMap<>();
    private final List<Arrow> arrows = new ArrayList<>();
    private final List<Frame> frames = new ArrayList<>();
    private final List<Note> notes = new ArrayList<>();

    Diagram(String title, int width, int height) {
        this.title = title;
        this.width = width;
        this.height = height;
    }

    /** Adds a box, named by its first line. */
    Diagram box(double x, double y, String... lines) {
        double letters = List.of(lines).stream().mapToInt(String::length).max().orElse(0);
        boxes.put(
                lines[0],
                new Box(
                        x,
                        y,
                        letters * Svg.LETTER + 2 * PADDING,
                        lines.length * Svg.LINE + 2 * PADDING - 4,
                        List.of(lines)));
        return this;
    }

    Diagram frame(String name, double x, double y, double wide, double high) {
        frames.add(new Frame(name, x, y, wide, high));
        return this;
    }

    Diagram note(double x, double y, String text) {
        notes.add(new Note(x, y, text));
        return this;
    }

    Diagram arrow(String from, String to) {
        return arrow(from, to, "");
    }

    Diagram arrow(String from, String to, String label) {
        arrows.add(new Arrow(from, to, label, false));
        return this;
    }

    Diagram dashed(String from, String to, String label) {
        arrows.add(new Arrow(from, to, label, true));
        return this;
    }

    private Box box(String name) {
        Box box = boxes.get(name);
        if (box == null) {
            throw new IllegalArgumentException("no box is named " + name);
        }
        return box;
    }

    String svg() {
        Svg svg = new Svg(title, description(), width, height);
        for (Frame frame : frames) {
            svg.rectangle("frame", frame.x(), frame.y(), frame.width(), frame.height())
                    .text("dim", "start", frame.x() + 8, frame.y() + 16, frame.title());
        }
        for (Arrow arrow : arrows) {
            draw(svg, arrow);
        }
        for (Box box : boxes.values()) {
            svg.rectangle("box", box.x() - box.width() / 2, box.y() - box.height() / 2, box.width(), box.height());
            for (int i = 0; i < box.lines().size(); i++) {
                svg.text(
                        i == 0 ? "head" : "",
                        "middle",
                        box.x(),
                        box.y() - box.height() / 2 + PADDING + 10 + i * Svg.LINE,
                        box.lines().get(i));
            }
        }
        notes.forEach(note -> svg.text("dim", "start", note.x(), note.y(), note.text()));
        return svg.toString();
    }

    private void draw(Svg svg, Arrow arrow) {
        Box from = box(arrow.from());
        Box to = box(arrow.to());
        double x = to.x() - from.x();
        double y = to.y() - from.y();
        double leave = share(from, x, y);
        double arrive = 1 - share(to, x, y);
        double fromX = from.x() + x * leave;
        double fromY = from.y() + y * leave;
        double toX = from.x() + x * arrive;
        double toY = from.y() + y * arrive;
        svg.arrow(arrow.isDashed(), fromX, fromY, toX, toY);
        if (!arrow.label().isEmpty()) {
            boolean isLevel = Math.abs(x) > Math.abs(y);
            svg.text(
                    "dim",
                    isLevel ? "middle" : "start",
                    (fromX + toX) / 2 + (isLevel ? 0 : 8),
                    (fromY + toY) / 2 + (isLevel ? -6 : 4),
                    arrow.label());
        }
    }

    /** Returns the part of a line from the middle of a box that lies within it. */
    private static double share(Box box, double x, double y) {
        double across = x == 0 ? Double.MAX_VALUE : box.width() / 2 / Math.abs(x);
        double along = y == 0 ? Double.MAX_VALUE : box.height() / 2 / Math.abs(y);
        return Math.min(1, Math.min(across, along));
    }

    private String description() {
        return arrows.stream()
                .map(arrow ->
                        arrow.from() + " → " + arrow.to() + (arrow.label().isEmpty() ? "" : " (" + arrow.label() + ")"))
                .collect(Collectors.joining("; ", title + ": ", "."));
    }
}
