// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The settings of one driver or sink: the keys in {@code unraced.NAME}, without that prefix. Every key of its
 * {@code reference.conf} is present, and has the type of its default: the configuration was checked when it was built.
 * Immutable and thread-safe.
 *
 * <p>The getters throw {@link InvalidConfigException} for a value that does not fit, such as a number beyond an int.
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

    public String getString(String key) {
        return read(key, values::getString);
    }

    public boolean getBoolean(String key) {
        return read(key, values::getBoolean);
    }

    public int getInt(String key) {
        return read(key, values::getInt);
    }

    public long getLong(String key) {
        return read(key, values::getLong);
    }

    public List<String> getStringList(String key) {
        return read(key, values::getStringList);
    }

    public List<Integer> getIntList(String key) {
        return read(key, values::getIntList);
    }

    public Duration getDuration(String key) {
        return read(key, values::getDuration);
    }

    /** Returns a size such as {@code 4MiB} in bytes. */
    public long getBytes(String key) {
        return read(key, values::getBytes);
    }

    private <T> T read(String key, Function<String, T> reader) {
        try {
            return reader.apply(key);
        } catch (ConfigException e) {
            throw new InvalidConfigException(List.of("unraced." + name + "." + key + ": " + e.getMessage()));
        }
    }
}
