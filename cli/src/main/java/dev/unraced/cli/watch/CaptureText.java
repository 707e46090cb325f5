// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.EventFilters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** The line that says that a capture has begun, of what, and how it ends. */
final class CaptureText {
    private CaptureText() {}

    static String begin(Capture capture, CaptureConfig config) {
        List<String> chosen = new ArrayList<>();
        EventFilters filters = config.filters();
        add(chosen, "processes", filters.tgids());
        add(chosen, "users", filters.uids());
        add(chosen, "cgroups", filters.cgroups());
        add(chosen, "mount namespaces", filters.mountNamespaces());
        add(chosen, "paths", filters.paths());
        String hooks = capture.hooks().isEmpty() ? "" : capture.hooks() + ", ";
        return "unraced: capturing with " + capture.driver() + " (" + hooks + "mode "
                + capture.mitigation().name().toLowerCase(Locale.ROOT) + "), "
                + (chosen.isEmpty() ? "all processes" : String.join(", ", chosen)) + "; Ctrl-C ends";
    }

    /** Returns what has to happen before there are events; empty where calls alone suffice. */
    static String awaited(Capture capture) {
        return capture.driver().equals("gvisor")
                ? "unraced: events come from sandboxes that have a trace session: those that are started with one"
                        + " ('unraced gvisor config'), and those that 'unraced gvisor attach' gives one"
                : "";
    }

    private static void add(List<String> chosen, String what, Collection<?> values) {
        if (!values.isEmpty()) {
            chosen.add(what + " "
                    + String.join(" ", values.stream().map(String::valueOf).toList()));
        }
    }
}
