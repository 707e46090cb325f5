// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Converts values to types; a method returns null where a value does not fit. */
final class Conversion {
    // The converting getters belong to Config, which needs a path.
    private static final String IT = "it";

    private Conversion() {}

    /** Returns a switch, in any case; the library's own getter takes {@code on}, but not {@code ON}. */
    static @Nullable Boolean toBoolean(ConfigValue value) {
        ConfigValue known = value.unwrapped() instanceof String text
                ? ConfigValueFactory.fromAnyRef(text.toLowerCase(Locale.ROOT))
                : value;
        return convert(known, config -> config.getBoolean(IT));
    }

    static @Nullable String toText(ConfigValue value) {
        return convert(value, config -> config.getString(IT));
    }

    static @Nullable BigInteger toBytes(ConfigValue value) {
        return convert(value, config -> config.getMemorySize(IT).toBytesBigInteger());
    }

    /** Returns a whole number within bounds. This is exact: the library's own getters would cut off a fraction. */
    static @Nullable Long toLong(@Nullable String text, long min, long max) {
        if (text == null) {
            return null;
        }
        try {
            long value = new BigDecimal(text).longValueExact();
            return min <= value && value <= max ? value : null;
        } catch (ArithmeticException | NumberFormatException e) {
            return null;
        }
    }

    /** Returns whether a value can be converted to the type of another value. */
    static boolean isLike(ConfigValue usual, ConfigValue value) {
        Object converted = switch (usual.valueType()) {
            case BOOLEAN -> toBoolean(value);
            case NUMBER -> convert(value, config -> config.getNumber(IT));
            case STRING -> toText(value);
            case LIST -> convert(value, config -> config.getList(IT));
            case OBJECT -> convert(value, config -> config.getObject(IT));
            case NULL -> true;
        };
        return converted != null;
    }

    /** Returns a text with commas as a list of the same origin. */
    static ConfigList split(ConfigValue value) {
        List<String> parts = Stream.of(((String) value.unwrapped()).split(",", -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
        return (ConfigList) ConfigValueFactory.fromAnyRef(parts).withOrigin(value.origin());
    }

    /** Writes a size in MiB or KiB. */
    static String size(int bytes) {
        return bytes >= 1 << 20 ? (bytes >> 20) + "MiB" : (bytes >> 10) + "KiB";
    }

    private static <T> @Nullable T convert(ConfigValue value, Function<Config, T> getter) {
        try {
            return getter.apply(value.atKey(IT));
        } catch (ConfigException e) {
            return null;
        }
    }
}
