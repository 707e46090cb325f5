// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.unraced.event.ByteString;
import dev.unraced.names.NearestName;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads values as their types. A value that does not fit is a problem, and a replacement lets reading go on to the next
 * problem. Not thread-safe.
 */
final class SettingReader {
    private final NavigableMap<String, ConfigValue> values;
    private final Problems problems;
    private final NavigableMap<String, ConfigValue> unread;

    SettingReader(
            NavigableMap<String, ConfigValue> defaults, NavigableMap<String, ConfigValue> values, Problems problems) {
        this.values = values;
        this.problems = problems;
        unread = new TreeMap<>(defaults);
    }

    boolean flag(String key) {
        Boolean value = Conversion.toBoolean(read(key));
        if (value == null) {
            problem(key, "is neither true nor false", "true, false");
            return false;
        }
        return value;
    }

    int integer(String key, int min, int max) {
        Long value = Conversion.toLong(Conversion.toText(read(key)), min, max);
        if (value == null) {
            problem(key, "is not a whole number in range", min + " to " + max);
            return min;
        }
        return Math.toIntExact(value);
    }

    Set<Long> integers(String key, long min, long max) {
        String allowed = min + " to " + max;
        List<String> texts = namesOrNull(key, "a list of numbers, " + allowed);
        Set<Long> set = new LinkedHashSet<>();
        for (String text : texts == null ? List.<String>of() : texts) {
            Long value = Conversion.toLong(text, min, max);
            if (value == null) {
                problem(key, "has " + SettingText.name(text) + ", not a whole number in range", allowed);
            } else {
                set.add(value);
            }
        }
        return Collections.unmodifiableSet(set);
    }

    /** Reads a list of absolute paths. */
    Set<String> executables(String key) {
        String allowed = "a list of absolute paths";
        List<String> texts = namesOrNull(key, allowed);
        Set<String> paths = new LinkedHashSet<>();
        for (String text : texts == null ? List.<String>of() : texts) {
            if (EventFilters.isExecutable(text)) {
                paths.add(text);
            } else {
                problem(key, "has " + SettingText.name(text), allowed);
            }
        }
        return Collections.unmodifiableSet(paths);
    }

    /** Reads a list of prefixes of 1 to {@code max} bytes of UTF-8. */
    List<ByteString> prefixes(String key, int max) {
        String allowed = "a list of prefixes of 1 to " + max + " bytes";
        List<String> texts = namesOrNull(key, allowed);
        List<ByteString> list = new ArrayList<>();
        for (String text : texts == null ? List.<String>of() : texts) {
            ByteString bytes = ByteString.utf8(text);
            if (bytes.length() < 1 || bytes.length() > max) {
                problem(key, "has " + SettingText.name(text) + " of " + bytes.length() + " bytes", allowed);
                continue;
            }
            if (text.indexOf('*') >= 0) {
                problem(
                        key,
                        "has " + SettingText.name(text) + " with a *, which would have to stand in the path",
                        allowed);
            }
            list.add(bytes);
        }
        return list;
    }

    /** Reads a power of two; the bounds are powers of two, too. */
    int powerOfTwoBytes(String key, int min, int max) {
        String allowed = "a power of two from " + Conversion.size(min) + " to " + Conversion.size(max);
        BigInteger bytes = Conversion.toBytes(read(key));
        if (bytes == null) {
            problem(key, "is not a size", allowed);
        } else if (bytes.compareTo(BigInteger.valueOf(min)) < 0 || bytes.compareTo(BigInteger.valueOf(max)) > 0) {
            problem(key, "is out of range", allowed);
        } else if (bytes.bitCount() != 1) {
            int below = Integer.highestOneBit(bytes.intValue());
            problem(
                    key,
                    "is not a power of two, the nearest are " + Conversion.size(below) + " and "
                            + Conversion.size(below << 1),
                    allowed);
        } else {
            return bytes.intValue();
        }
        return min;
    }

    <E extends Enum<E>> E constant(String key, Class<E> type) {
        Map<String, E> byName = byName(type);
        String name = Conversion.toText(read(key));
        E constant = name == null ? null : byName.get(name.toLowerCase(Locale.ROOT));
        if (constant == null) {
            String wrong = name == null ? "is not a text" : "is none of them" + nearest(name, byName);
            problem(key, wrong, String.join(", ", byName.keySet()));
            return type.getEnumConstants()[0];
        }
        return constant;
    }

    /** Reads one or more constants. */
    <E extends Enum<E>> Set<E> constants(String key, Class<E> type) {
        Map<String, E> byName = byName(type);
        String allowed = String.join(", ", byName.keySet());
        Set<E> set = EnumSet.noneOf(type);
        for (String name : someNames(key, "one or more of " + allowed)) {
            E constant = byName.get(name.toLowerCase(Locale.ROOT));
            if (constant == null) {
                problem(key, "has " + SettingText.name(name) + nearest(name, byName), allowed);
            } else {
                set.add(constant);
            }
        }
        return Collections.unmodifiableSet(set);
    }

    /** Reads the elements of a list, or of a text with commas, without repetitions; at least one. */
    List<String> someNames(String key, String allowed) {
        List<String> names = namesOrNull(key, allowed);
        if (names != null && names.isEmpty()) {
            problem(key, "is empty", allowed);
        }
        return names == null ? List.of() : names;
    }

    private @Nullable List<String> namesOrNull(String key, String allowed) {
        ConfigValue value = read(key);
        ConfigValue list = value.valueType() == ConfigValueType.STRING ? Conversion.split(value) : value;
        List<String> names = list instanceof ConfigList elements
                ? elements.stream().map(Conversion::toText).distinct().toList()
                : null;
        if (names == null || names.stream().anyMatch(Objects::isNull)) {
            problem(key, "is not a list of plain values", allowed);
            return null;
        }
        return names;
    }

    /** Checks that all unread values, which are settings of drivers, have the types of their defaults. */
    void checkRest() {
        new TreeMap<>(unread).forEach((key, usual) -> {
            ConfigValue value = values.get(key);
            if (!Conversion.isLike(usual, value)) {
                String type = usual.valueType().name().toLowerCase(Locale.ROOT);
                problem(key, "is not a " + type, "a " + type + " such as " + SettingText.value(usual));
            }
        });
    }

    void problem(String key, String wrong, String allowed) {
        problems.add(key, values.get(key), wrong, allowed);
    }

    private ConfigValue read(String key) {
        unread.remove(key);
        return values.get(key);
    }

    private static <E extends Enum<E>> Map<String, E> byName(Class<E> type) {
        Map<String, E> byName = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            byName.put(constant.name().toLowerCase(Locale.ROOT), constant);
        }
        return byName;
    }

    private static String nearest(String name, Map<String, ?> byName) {
        return NearestName.of(name, byName.keySet())
                .map(nearest -> ", the nearest is " + nearest)
                .orElse("");
    }
}
