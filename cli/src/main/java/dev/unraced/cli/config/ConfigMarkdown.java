// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.config;

import dev.unraced.config.DocumentedSetting;
import java.util.List;

/** The tables of {@code docs/reference/configuration.md}: one for each section. */
public final class ConfigMarkdown {
    private ConfigMarkdown() {}

    /** Returns the tables of settings, in the order given. */
    public static String of(List<DocumentedSetting> settings) {
        StringBuilder text = new StringBuilder();
        String section = "";
        for (DocumentedSetting setting : settings) {
            if (!setting.section().equals(section)) {
                text.append(section.isEmpty() ? "" : "\n");
                section = setting.section();
                text.append("### ")
                        .append(section)
                        .append("\n\n| key | default | meaning | environment |\n|---|---|---|---|\n");
            }
            text.append("| `%s` | `%s` | %s | `%s` |\n"
                    .formatted(
                            setting.key(),
                            setting.defaultValue(),
                            setting.description().replace("|", "\\|"),
                            setting.variable()));
        }
        return text.toString();
    }
}
