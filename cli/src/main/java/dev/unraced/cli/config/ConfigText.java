// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.config;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.DocumentedSetting;
import dev.unraced.config.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A configuration as a file with the same values. Keys that are not set stay comments, since it matters whether a key
 * was set: a driver may lack a call that is watched only by default.
 */
public final class ConfigText {
    private static final int WIDTH = 100;

    private ConfigText() {}

    /** Returns all keys, in the order given, with the values of a configuration. */
    public static String of(List<DocumentedSetting> reference, CaptureConfig config) {
        Map<String, Setting> values =
                config.settings().stream().collect(Collectors.toMap(Setting::key, Function.identity()));
        StringBuilder text = new StringBuilder();
        for (DocumentedSetting key : reference) {
            Setting setting = values.get(key.key());
            if (setting != null) {
                comment(key.description(), text);
                boolean isSet = !config.isDefault(key.key());
                if (isSet) {
                    comment("Set by: " + setting.origin() + ". Default: " + key.defaultValue(), text);
                }
                text.append(isSet ? "" : "#")
                        .append(key.key())
                        .append(" = ")
                        .append(setting.value())
                        .append("\n\n");
            }
        }
        return text.toString();
    }

    private static void comment(String sentence, StringBuilder text) {
        List<String> line = new ArrayList<>();
        int length = 0;
        for (String word : sentence.split(" ", -1)) {
            if (length + word.length() > WIDTH) {
                text.append("# ").append(String.join(" ", line)).append('\n');
                line.clear();
                length = 0;
            }
            line.add(word);
            length += word.length() + 1;
        }
        text.append("# ").append(String.join(" ", line)).append('\n');
    }
}
