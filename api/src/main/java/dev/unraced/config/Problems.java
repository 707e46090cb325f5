// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The problems of a configuration, collected so that a user sees all of them at once. Not thread-safe. */
final class Problems {
    private final List<String> lines = new ArrayList<>();

    void add(String line) {
        lines.add(line);
    }

    /** Adds a value that its key does not allow. */
    void add(String key, ConfigValue value, String wrong, String allowed) {
        add(line(key, value, wrong, allowed));
    }

    static String line(String key, ConfigValue value, String wrong, String allowed) {
        return "%s = %s (%s) %s; allowed: %s"
                .formatted(key, SettingText.value(value), SettingText.origin(value.origin()), wrong, allowed);
    }

    /** Adds a name that is not a key. */
    void unknown(String name, String origin, Optional<String> nearest) {
        add("%s (%s): no such key, %s"
                .formatted(
                        SettingText.name(name),
                        origin,
                        nearest.map("the nearest is "::concat).orElse("nor one like it; 'unraced config' lists all")));
    }

    void throwIfAny() {
        if (!lines.isEmpty()) {
            throw new InvalidConfigException(lines);
        }
    }
}
