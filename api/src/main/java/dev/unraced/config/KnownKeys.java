// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import dev.unraced.names.NearestName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The known keys with their defaults, from the merged {@code reference.conf}. Immutable. */
final class KnownKeys {
    static final String ROOT = "unraced";

    static final String VARIABLE_PREFIX = "UNRACED_";

    private static final String PREFIX = ROOT + ".";

    private final NavigableMap<String, ConfigValue> defaults;
    private final NavigableMap<String, String> byVariable = new TreeMap<>();
    private final List<String> bare = new ArrayList<>();
    private final List<String> spellings = new ArrayList<>();

    KnownKeys(Config reference) {
        NavigableMap<String, ConfigValue> found = new TreeMap<>();
        forEachLeaf(reference.root(), List.of(), found::put);
        defaults = Collections.unmodifiableNavigableMap(found);
        for (String key : defaults.keySet()) {
            spellings.add(key);
            bare.add(key.substring(PREFIX.length()));
            String twin = byVariable.put(variable(key), key);
            if (twin != null) {
                throw new IllegalStateException(
                        twin + " and " + key + " share the environment variable " + variable(key));
            }
        }
        spellings.addAll(bare);
    }

    /** Returns every key with its default, in alphabetical order. */
    NavigableMap<String, ConfigValue> defaults() {
        return defaults;
    }

    /** Returns the key of a name, with or without the root; null when there is no such key. */
    @Nullable
    String find(String name) {
        if (defaults.containsKey(name)) {
            return name;
        }
        return defaults.containsKey(PREFIX + name) ? PREFIX + name : null;
    }

    /** Returns whether a name is a section of keys. */
    boolean isSection(String name) {
        return defaults.keySet().stream().anyMatch(key -> key.startsWith(name + "."));
    }

    /** Returns the key with the most similar spelling, with or without the root; empty when no key is similar. */
    Optional<String> nearest(String name) {
        // The common prefix does not tell which key was meant.
        return name.startsWith(PREFIX)
                ? NearestName.of(name.substring(PREFIX.length()), bare).map(PREFIX::concat)
                : NearestName.of(name, spellings)
                        .map(spelling -> spelling.startsWith(PREFIX) ? spelling : PREFIX + spelling);
    }

    /** Returns the key that an environment variable sets; null when there is no such key. */
    @Nullable
    String ofVariable(String variable) {
        return byVariable.get(variable);
    }

    /**
     * Returns the known environment variable with the spelling most similar to a name with the common prefix; empty
     * when none is similar.
     */
    Optional<String> nearestVariable(String name) {
        List<String> ends = byVariable.keySet().stream()
                .map(variable -> variable.substring(VARIABLE_PREFIX.length()))
                .toList();
        return NearestName.of(name.substring(VARIABLE_PREFIX.length()), ends).map(VARIABLE_PREFIX::concat);
    }

    /** Returns the environment variable that sets a key. */
    static String variable(String key) {
        return key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** Visits every value that is not an object, and every empty object, each with its path. */
    static void forEachLeaf(ConfigObject object, List<String> path, BiConsumer<String, ConfigValue> visitor) {
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(object).entrySet()) {
            List<String> longer = new ArrayList<>(path);
            longer.add(entry.getKey());
            if (entry.getValue() instanceof ConfigObject inner && !inner.isEmpty()) {
                forEachLeaf(inner, longer, visitor);
            } else {
                visitor.accept(ConfigUtil.joinPath(longer), entry.getValue());
            }
        }
    }
}
