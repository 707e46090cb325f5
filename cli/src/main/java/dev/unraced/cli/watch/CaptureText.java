// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.capture.Capture;
import dev.unraced.cli.common.RunscNote;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.EventFilters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** The line that says that a capture has begun, of what, and how it ends. */
final class CaptureText {
    private CaptureText() {}

    static String begin(Capture capture, EventFilters filters) {
        List<String> chosen = new ArrayList<>();
        add(chosen, "processes", filters.tgids());
        add(chosen, "users", filters.uids());
        add(chosen, "cgroups", filters.cgroups());
        add(chosen, "mount namespaces", filters.mountNamespaces());
        add(chosen, "executables", filters.executables());
        add(chosen, "paths", filters.paths());
        String hooks = capture.hooks().isEmpty() ? "" : capture.hooks() + ", ";
        return "unraced: capturing with " + capture.driver() + " (" + hooks + "mode "
                + capture.mitigation().name().toLowerCase(Locale.ROOT) + "), "
                + (chosen.isEmpty() ? "all processes" : String.join(", ", chosen)) + "; Ctrl-C ends";
    }

    /**
     * Returns what a user has to know before there are events, in a line each; none where calls alone suffice.
     *
     * @param notes returns the driver's notes by topic
     */
    static List<String> awaited(Capture capture, CaptureConfig config, Supplier<Map<String, String>> notes) {
        if (!capture.driver().equals("gvisor")) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        lines.add("unraced: events come from sandboxes that have a trace session: those that are started with one"
                + " ('unraced gvisor config'), and those that 'unraced gvisor attach' gives one");
        RunscNote.ofNone(notes.get()).ifPresent(note -> lines.add("unraced: runsc: " + note));
        if (!config.filters().tgids().isEmpty()) {
            lines.add(
                    "unraced: --pid chooses by the ids that processes have in their sandbox, and not by those that they"
                            + " have on this machine");
        }
        return lines;
    }

    private static void add(List<String> chosen, String what, Collection<?> values) {
        if (!values.isEmpty()) {
            chosen.add(what + " "
                    + String.join(" ", values.stream().map(String::valueOf).toList()));
        }
    }
}
