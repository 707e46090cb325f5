// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Reads the version that the build wrote down. */
public final class VersionProvider implements IVersionProvider {

    /** Returns the version of this command. */
    public static String version() {
        return property("version");
    }

    /** Returns the release day of this version, in ISO 8601. */
    public static String day() {
        return property("released").substring(0, "2000-01-01".length());
    }

    private static String property(String name) {
        Properties properties = new Properties();
        try (InputStream in = VersionProvider.class.getResourceAsStream("version.properties")) {
            properties.load(Objects.requireNonNull(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Objects.requireNonNull(properties.getProperty(name));
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "unraced " + version(),
            "Java " + System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")",
        };
    }
}
