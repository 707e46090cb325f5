// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The configuration file: which one, and what is in it. */
final class ConfigFile {
    static final String PROPERTY = "unraced.config";
    static final String VARIABLE = "UNRACED_CONFIG";

    private ConfigFile() {}

    /** The path that a layer named; what is not even a path is a problem, and an empty configuration. */
    static Config named(String path, String origin, Config reference, Problems problems) {
        try {
            return named(Path.of(path), origin, reference, problems);
        } catch (InvalidPathException e) {
            problems.add("file %s (%s): not a path".formatted(SettingText.name(path), origin));
            return ConfigFactory.empty();
        }
    }

    /** What a file holds over the defaults; one that cannot be read is a problem, and an empty configuration. */
    static Config named(Path path, String origin, Config reference, Problems problems) {
        try {
            return read(path, reference);
        } catch (ConfigException e) {
            problems.add("file %s (%s): %s".formatted(SettingText.name(path.toString()), origin, reason(path, e)));
            return ConfigFactory.empty();
        }
    }

    // Substitutions see the file, the defaults and, as HOCON has it, environment variables.
    private static Config read(Path path, Config reference) {
        ConfigParseOptions options =
                ConfigParseOptions.defaults().setAllowMissing(false).setSyntax(ConfigSyntax.CONF);
        return ConfigFactory.parseFile(path.toFile(), options)
                .withFallback(reference)
                .resolve();
    }

    private static String reason(Path path, ConfigException e) {
        if (!(e instanceof ConfigException.IO)) {
            return String.valueOf(e.getMessage());
        }
        if (Files.notExists(path)) {
            return "no such file";
        }
        return Files.isDirectory(path) ? "a directory" : "cannot be read, " + e.getMessage();
    }
}
