// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The names in {@code unraced.driver} that no driver has. */
public final class UnknownDrivers {
    private UnknownDrivers() {}

    /**
     * Returns a problem, one line, for each unknown name. A driver that the user named must exist; the drivers behind
     * {@code auto} need not.
     *
     * @param known the names of the drivers that there are
     */
    public static List<String> in(CaptureConfig config, Set<String> known) {
        if (config.isAuto()) {
            return List.of();
        }
        return config.drivers().stream()
                .filter(name -> !known.contains(name))
                .map(name -> "unraced.driver has " + name + origin(config) + ", which no driver is named"
                        + NearestName.of(name, known)
                                .map(nearest -> ", the nearest is " + nearest)
                                .orElse("")
                        + (known.isEmpty()
                                ? "; there is none on the class path"
                                : "; there are " + String.join(", ", new TreeSet<>(known))))
                .toList();
    }

    private static String origin(CaptureConfig config) {
        return config.settings().stream()
                .filter(setting -> setting.key().equals("unraced.driver"))
                .map(setting -> " (" + setting.origin() + ")")
                .collect(Collectors.joining());
    }
}
