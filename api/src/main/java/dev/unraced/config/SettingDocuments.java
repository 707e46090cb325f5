// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import java.net.URL;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes a reference of keys from the comments in {@code reference.conf}. */
final class SettingDocuments {
    private SettingDocuments() {}

    /** Returns the library's keys first, then other keys by section; keys of a section keep the order of their file. */
    static List<DocumentedSetting> of(KnownKeys keys) {
        URL library = file(Objects.requireNonNull(keys.defaults().get("unraced.driver")));
        Comparator<Map.Entry<String, ConfigValue>> order = Comparator.comparing(
                        (Map.Entry<String, ConfigValue> entry) -> section(entry, library))
                .thenComparing(entry -> entry.getValue().origin().lineNumber());
        return keys.defaults().entrySet().stream()
                .sorted(order)
                .map(entry -> new DocumentedSetting(
                        section(entry, library),
                        entry.getKey(),
                        SettingText.value(entry.getValue()),
                        KnownKeys.variable(entry.getKey()),
                        comment(entry.getValue().origin())))
                .toList();
    }

    private static String section(Map.Entry<String, ConfigValue> entry, @Nullable URL library) {
        if (Objects.equals(String.valueOf(file(entry.getValue())), String.valueOf(library))) {
            return KnownKeys.ROOT;
        }
        String key = entry.getKey();
        int end = key.indexOf('.', KnownKeys.ROOT.length() + 1);
        return end < 0 ? KnownKeys.ROOT : key.substring(0, end);
    }

    private static @Nullable URL file(ConfigValue value) {
        return value.origin().url();
    }

    private static String comment(ConfigOrigin origin) {
        return origin.comments().stream().map(String::strip).collect(Collectors.joining(" "));
    }
}
