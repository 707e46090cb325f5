// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import dev.unraced.names.UnknownDrivers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Combines the layers, weakest first: defaults, file, environment, system properties, builder. */
final class ConfigLoader {
    private static final Path DEFAULT_FILE = Path.of("/etc/unraced/unraced.conf");
    private static final String PROPERTY_PREFIX = KnownKeys.ROOT + ".";

    private final Map<String, String> environment;
    private final Properties properties;
    private final Path defaultFile;
    private final Config reference;

    ConfigLoader(Map<String, String> environment, Properties properties, Path defaultFile, Config reference) {
        this.environment = environment;
        this.properties = properties;
        this.defaultFile = defaultFile;
        this.reference = reference;
    }

    /** Returns the loader of this process. */
    static ConfigLoader system() {
        return new ConfigLoader(
                System.getenv(), System.getProperties(), DEFAULT_FILE, reference(CaptureConfig.class.getClassLoader()));
    }

    /** Returns the {@code unraced} part of all {@code reference.conf} files, merged. */
    static Config reference(ClassLoader loader) {
        try {
            ConfigParseOptions options =
                    ConfigParseOptions.defaults().setAllowMissing(false).setClassLoader(loader);
            return ConfigFactory.parseResources(SettingText.REFERENCE, options)
                    .withOnlyPath(KnownKeys.ROOT)
                    .resolve();
        } catch (ConfigException e) {
            throw new InvalidConfigException(List.of("the defaults cannot be read: " + e.getMessage()));
        }
    }

    /**
     * Loads a configuration.
     *
     * @param built the builder's settings by key
     * @param file the file that the builder named, if any
     * @param origin the origin of the builder's settings, for people
     * @param known the names of the drivers that there are; null when nobody knows
     * @throws InvalidConfigException with all problems of all layers
     */
    CaptureConfig load(Map<String, Object> built, @Nullable Path file, String origin, @Nullable Set<String> known) {
        Problems problems = new Problems();
        KnownKeys keys = new KnownKeys(reference);
        NavigableMap<String, ConfigValue> values = new TreeMap<>(keys.defaults());
        addFile(values, keys, file(file, origin, problems), problems);
        addEnvironment(values, keys, problems);
        addProperties(values, keys, problems);
        addBuilt(values, keys, built, origin, problems);
        values.replaceAll((key, value) -> split(keys.defaults().get(key), value));

        CaptureConfig config = new CaptureConfig(values, new SettingReader(keys.defaults(), values, problems));
        if (known != null && !config.isAuto()) {
            UnknownDrivers.among(config.drivers(), config.origin("unraced.driver"), known)
                    .forEach(problems::add);
        }
        problems.throwIfAny();
        return config;
    }

    private Config file(@Nullable Path named, String origin, Problems problems) {
        if (named != null) {
            return ConfigFile.named(named, origin, reference, problems);
        }
        String property = properties.getProperty(ConfigFile.PROPERTY);
        if (property != null) {
            return ConfigFile.named(property, "system property " + ConfigFile.PROPERTY, reference, problems);
        }
        String variable = environment.get(ConfigFile.VARIABLE);
        if (variable != null) {
            return ConfigFile.named(variable, "environment variable " + ConfigFile.VARIABLE, reference, problems);
        }
        // An existing but unreadable default file is a problem: skipping it would ignore its settings.
        return Files.notExists(defaultFile)
                ? ConfigFactory.empty()
                : ConfigFile.named(defaultFile, "default", reference, problems);
    }

    private static void addFile(
            NavigableMap<String, ConfigValue> values, KnownKeys keys, Config file, Problems problems) {
        KnownKeys.forEachLeaf(file.root(), List.of(), (name, value) -> {
            if (keys.defaults().containsKey(name)) {
                values.put(name, value);
            } else if (!keys.isSection(name)) {
                problems.unknown(name, SettingText.origin(value.origin()), keys.nearest(name));
            } else if (!(value instanceof ConfigObject)) {
                problems.add(name, value, "is a section", "{ } with keys in it");
            }
        });
    }

    private void addEnvironment(NavigableMap<String, ConfigValue> values, KnownKeys keys, Problems problems) {
        for (String variable : new TreeSet<>(environment.keySet())) {
            if (!variable.startsWith(KnownKeys.VARIABLE_PREFIX) || isReserved(variable)) {
                continue;
            }
            String origin = "environment variable " + SettingText.name(variable);
            String key = keys.ofVariable(variable);
            if (key == null) {
                problems.unknown(variable, "environment variable", keys.nearestVariable(variable));
            } else {
                values.put(key, ConfigValueFactory.fromAnyRef(environment.get(variable), origin));
            }
        }
    }

    // These variables are no settings of a capture: the file's name, and variables of scripts around the library.
    private static boolean isReserved(String variable) {
        return variable.equals(ConfigFile.VARIABLE)
                || variable.equals("UNRACED_REQUIRE")
                || variable.startsWith("UNRACED_HOME");
    }

    private void addProperties(NavigableMap<String, ConfigValue> values, KnownKeys keys, Problems problems) {
        for (String property : new TreeSet<>(properties.stringPropertyNames())) {
            if (!property.startsWith(PROPERTY_PREFIX) || property.equals(ConfigFile.PROPERTY)) {
                continue;
            }
            if (keys.defaults().containsKey(property)) {
                String origin = "system property " + property;
                values.put(property, ConfigValueFactory.fromAnyRef(properties.getProperty(property), origin));
            } else {
                problems.unknown(property, "system property", keys.nearest(property));
            }
        }
    }

    private static void addBuilt(
            NavigableMap<String, ConfigValue> values,
            KnownKeys keys,
            Map<String, Object> built,
            String origin,
            Problems problems) {
        built.forEach((name, value) -> {
            String key = keys.find(name);
            if (key == null) {
                problems.unknown(name, origin, keys.nearest(name));
                return;
            }
            try {
                values.put(key, ConfigValueFactory.fromAnyRef(value, origin));
            } catch (ConfigException e) {
                problems.add("%s (%s) is a %s; allowed: text, a number, true, false, or a list of them"
                        .formatted(key, origin, value.getClass().getName()));
            }
        });
    }

    /** Turns a text into a list where the key needs a list: layers other than files have only text. */
    private static ConfigValue split(@Nullable ConfigValue usual, ConfigValue value) {
        return usual != null && usual.valueType() == ConfigValueType.LIST && value.valueType() == ConfigValueType.STRING
                ? Conversion.split(value)
                : value;
    }
}
