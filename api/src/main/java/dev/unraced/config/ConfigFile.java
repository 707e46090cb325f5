// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import dev.unraced.linux.FileErrors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds and reads the configuration file. */
final class ConfigFile {
    static final String PROPERTY = "unraced.config";
    static final String VARIABLE = "UNRACED_CONFIG";

    private static final String UNCLOSED = "expecting a close parentheses ')' here, not: end of file";
    private static final Pattern NOT_INCLUDED =
            Pattern.compile("(?:include was not found|resource not found on classpath): '?([^']*)'?$");

    private ConfigFile() {}

    /** Reads the file at a path that a layer named; an invalid path is a problem and gives an empty configuration. */
    static Config named(String path, String origin, Config reference, Problems problems) {
        if (path.isBlank()) {
            problems.add("file \"\" (%s): an empty name is no file; unset it to read none".formatted(origin));
            return ConfigFactory.empty();
        }
        try {
            return named(Path.of(path), origin, reference, problems);
        } catch (InvalidPathException e) {
            problems.add("file %s (%s): not a path".formatted(SettingText.name(path), origin));
            return ConfigFactory.empty();
        }
    }

    /** Reads a file over the defaults; an unreadable file is a problem and gives an empty configuration. */
    static Config named(Path path, String origin, Config reference, Problems problems) {
        try {
            return read(path, reference);
        } catch (ConfigException e) {
            problems.add("file %s (%s): %s".formatted(SettingText.name(path.toString()), origin, reason(path, e)));
            return ConfigFactory.empty();
        }
    }

    // Parses the file. As HOCON defines, substitutions see the file, the defaults and environment variables.
    private static Config read(Path path, Config reference) {
        ConfigParseOptions options =
                ConfigParseOptions.defaults().setAllowMissing(false).setSyntax(ConfigSyntax.CONF);
        return ConfigFactory.parseFile(path.toFile(), options)
                .withFallback(reference)
                .resolve();
    }

    private static String reason(Path path, ConfigException e) {
        String said = String.valueOf(e.getMessage());
        if (!(e instanceof ConfigException.IO)) {
            // The library names the wrong bracket where an object's is missing.
            return said.replace(UNCLOSED, "a '{' is not closed with '}' before the end of the file");
        }
        Matcher missing = NOT_INCLUDED.matcher(said);
        if (missing.find()) {
            return "include required: no such file, '" + missing.group(1) + "'";
        }
        if (Files.notExists(path)) {
            return "no such file";
        }
        if (Files.isDirectory(path)) {
            return "a directory";
        }
        // The library has put its own words around the reason.
        try (InputStream in = Files.newInputStream(path)) {
            return "cannot be read, " + e.getMessage();
        } catch (IOException refused) {
            return "cannot be read, " + FileErrors.reason(refused);
        }
    }
}
