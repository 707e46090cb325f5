// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.config;

import dev.unraced.cli.common.ConfigOptions;
import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.config.CaptureConfig;
import dev.unraced.selection.Drivers;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints the keys of the configuration, and the values in effect. */
@Command(
        name = "config",
        header = "Print every key of the configuration: its meaning, its default, and the value in effect.",
        description = {
            "What is printed can be used as a configuration file. Keys that are not set stand there as comments; the"
                    + " others with their value, and where it came from. Whether a driver can run under it is for"
                    + " 'unraced doctor' to say.",
            ""
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  unraced config",
            "  unraced config > unraced.conf",
            "  unraced config --config unraced.conf | grep '^unraced'",
            "",
            "Exit codes: 0 success, 1 failure, 2 wrong command line or configuration."
        })
public final class ConfigCommand implements Callable<Integer> {
    private final Console console;
    private final Supplier<Drivers> drivers;

    @Mixin
    private ConfigOptions config;

    @Option(
            names = "--markdown",
            description = "The reference alone, without values: the tables of docs/reference/configuration.md.")
    private boolean markdown;

    public ConfigCommand(Console console, Supplier<Drivers> drivers) {
        this.console = console;
        this.drivers = drivers;
    }

    @Override
    public Integer call() {
        console.print(
                markdown
                        ? ConfigMarkdown.of(CaptureConfig.reference())
                        : ConfigText.of(
                                CaptureConfig.reference(),
                                config.builder()
                                        .knownDrivers(drivers.get().names())
                                        .build()));
        return ExitCode.OK;
    }
}
