// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The settings of one driver or sink: the keys in {@code unraced.NAME}, without that prefix. Every key of its
 * {@code reference.conf} is present, and has the type of its default: the configuration was checked when it was built.
 * Immutable and thread-safe.
 *
 * <p>The methods that return a value throw {@link InvalidConfigException} for a value that does not fit, such as a
 * number beyond an int.
 */
public final class ConfigSection {
    private final String name;
    private final Config values;

    ConfigSection(String name, Config values) {
        this.name = name;
        this.values = values;
    }

    /** Returns the keys that have a value, in alphabetical order. */
    public Set<String> keys() {
        Set<String> keys = new TreeSet<>();
        values.entrySet().forEach(entry -> keys.add(entry.getKey()));
        return Collections.unmodifiableSet(keys);
    }

    /** Returns whether a key has a value. */
    public boolean has(String key) {
        return values.hasPath(key);
    }

    /** Returns a text. */
    public String string(String key) {
        return read(key, values::getString);
    }

    /** Returns a switch: {@code on}, {@code yes} and {@code true} are true, in any case. */
    public boolean flag(String key) {
        Boolean known = values.hasPath(key) ? Conversion.toBoolean(values.getValue(key)) : null;
        // The library says what is wrong with another value.
        return known != null ? known : read(key, values::getBoolean);
    }

    /** Returns a whole number that an int can hold. */
    public int integer(String key) {
        return read(key, values::getInt);
    }

    /** Returns a whole number that a long can hold. */
    public long number(String key) {
        return read(key, values::getLong);
    }

    /** Returns a list of texts. */
    public List<String> strings(String key) {
        return read(key, values::getStringList);
    }

    /** Returns a list of whole numbers that ints can hold. */
    public List<Integer> integers(String key) {
        return read(key, values::getIntList);
    }

    /** Returns a time such as {@code 5s}; one without a unit is in milliseconds. */
    public Duration duration(String key) {
        return read(key, values::getDuration);
    }

    /** Returns a size such as {@code 4MiB} in bytes. */
    public long bytes(String key) {
        return read(key, values::getBytes);
    }

    /**
     * Returns a path; empty for an empty text, and for one that is no path here. The latter is a problem: a text with
     * NUL, or with a character that the encoding of file names lacks.
     *
     * @param problems one line each, for an {@link InvalidConfigException}
     */
    public Optional<Path> path(String key, Collection<String> problems) {
        String text = string(key);
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
        } catch (InvalidPathException e) {
            problems.add(Problems.line(
                    full(key),
                    values.getValue(key),
                    "is no path (" + e.getReason() + ")",
                    "a path without NUL, of characters of " + System.getProperty("sun.jnu.encoding")));
            return Optional.empty();
        }
    }

    private String full(String key) {
        return KnownKeys.ROOT + "." + name + "." + key;
    }

    private <T> T read(String key, Function<String, T> reader) {
        try {
            return reader.apply(key);
        } catch (ConfigException e) {
            throw new InvalidConfigException(List.of(full(key) + ": " + e.getMessage()));
        }
    }
}
