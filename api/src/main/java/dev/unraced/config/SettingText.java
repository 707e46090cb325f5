// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes names, values and origins for people. Control characters are quoted and escaped. */
final class SettingText {
    static final String REFERENCE = "reference.conf";

    private static final Pattern PLAIN = Pattern.compile("[\\w./:@%+-]+");

    /** The values that HOCON accepts without quotes; two slashes begin a comment there. */
    private static final Pattern PLAIN_VALUE = Pattern.compile("(?!.*//)[\\w./-]+");

    private SettingText() {}

    static String name(String name) {
        return PLAIN.matcher(name).matches() ? name : ConfigUtil.quoteString(name);
    }

    /** Writes a value in the syntax of a configuration file. */
    static String value(ConfigValue value) {
        if (value instanceof ConfigList list) {
            return list.stream().map(SettingText::value).collect(Collectors.joining(", ", "[", "]"));
        }
        return value.valueType() == ConfigValueType.STRING
                ? value((String) value.unwrapped())
                : value.render(ConfigRenderOptions.concise());
    }

    private static String value(String text) {
        return PLAIN_VALUE.matcher(text).matches() ? text : ConfigUtil.quoteString(text);
    }

    static boolean isDefault(ConfigOrigin origin) {
        return REFERENCE.equals(origin.resource());
    }

    static String origin(ConfigOrigin origin) {
        if (isDefault(origin)) {
            return "default";
        }
        String source = origin.resource() == null ? origin.filename() : origin.resource();
        return source == null || origin.lineNumber() < 1
                ? origin.description()
                : name(source) + ":" + origin.lineNumber();
    }
}
