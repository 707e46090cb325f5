// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that lay the command line over the other layers of the configuration. */
public final class ConfigOptions {
    /** The origin that errors name for these options. */
    public static final String ORIGIN = "command line";

    @Option(
            names = "--driver",
            paramLabel = "NAME",
            split = ",",
            description = "Drivers to try, in order, or auto. Default: what the configuration says.")
    private List<String> drivers = List.of();

    @Option(names = "--config", paramLabel = "FILE", description = "Configuration file to read, in HOCON.")
    private @Nullable Path file;

    @Option(
            names = {"-o", "--set"},
            paramLabel = "KEY=VALUE",
            description = "Any key of the configuration; see 'unraced config'. May be given several times.")
    private Map<String, String> settings = new LinkedHashMap<>();

    /** Returns a builder with the values of these options. */
    public CaptureConfigBuilder builder() {
        CaptureConfigBuilder builder = CaptureConfig.builder().origin(ORIGIN);
        if (file != null) {
            builder.file(file);
        }
        settings.forEach(builder::set);
        if (!drivers.isEmpty()) {
            builder.driver(drivers.toArray(String[]::new));
        }
        return builder;
    }
}
