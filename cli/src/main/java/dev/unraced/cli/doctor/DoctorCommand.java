// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.doctor;

import dev.unraced.cli.common.ConfigOptions;
import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.cli.common.OutputException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.selection.Drivers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows which drivers can run here, and what the others need. */
@Command(
        name = "doctor",
        header = "Say which drivers can run here, and what the others need.",
        description = {
            "Also shows what is known of the kernel and of this process, and the configuration in effect.",
            ""
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  unraced doctor",
            "  sudo unraced doctor",
            "  unraced doctor --json | jq '.drivers[] | select(.trial.open_nanos)'",
            "",
            "Exit codes: 0 a driver that the configuration asks for can run; 1 none of them can, or another failure; 2 wrong"
                    + " command line or configuration."
        })
public final class DoctorCommand implements Callable<Integer> {
    private final Console console;
    private final Supplier<Drivers> drivers;

    @Mixin
    private ConfigOptions config;

    @Option(names = "--json", description = "One JSON object; see docs/reference/commands.md.")
    private boolean json;

    public DoctorCommand(Console console, Supplier<Drivers> drivers) {
        this.console = console;
        this.drivers = drivers;
    }

    @Override
    public Integer call() {
        Drivers all = drivers.get();
        CaptureConfig built = config.builder().knownDrivers(all.names()).build();
        Diagnosis diagnosis = Diagnosis.of(all.all(), built, MachineFacts.read(Path.of("/")));
        String report = json ? JsonReport.of(diagnosis) : TextReport.of(diagnosis);
        try {
            console.out().write(report.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            OutputException failure = new OutputException(e, console.outIsPipe());
            if (!failure.isReaderGone()) {
                throw failure;
            }
        }
        return diagnosis.canRun() ? ExitCode.OK : ExitCode.FAILURE;
    }
}
