// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import dev.unraced.cli.common.ChosenDriver;
import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.DurationConverter;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.lab.endurance.Endurance;
import dev.unraced.lab.endurance.EnduranceResult;
import dev.unraced.selection.Drivers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compresses the trouble of hours into minutes. */
@Command(
        name = "endure",
        header = "Hold a server under load and trouble, and look for what grows or is not accounted for.",
        description = {
            "A program makes calls at a steady rate. A server captures them for three readers: one that reads, one whose"
                    + " process is suspended for 7 of every 15 seconds, and one that ends and begins anew every 5"
                    + " seconds. The server's processors but one are taken away every 14 seconds, for 7. Afterwards each"
                    + " call is delivered or counted as lost in every account, memory has not grown, and no descriptor"
                    + " is left. Needs root, and a driver that watches this machine.",
            ""
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  sudo unraced lab endure",
            "  sudo unraced lab endure --duration 30m --rate 20000 --progress",
            "",
            "Exit codes: 0 all held; 1 something did not, or the driver cannot run; 2 wrong command line."
        })
final class EndureCommand implements Callable<Integer> {
    private static final int SHORTEST_SECONDS = 10;
    private static final int HIGHEST_RATE = 1_000_000;

    private final Console console;
    private final Supplier<Drivers> drivers;

    @Spec
    private CommandSpec spec;

    @Option(names = "--driver", paramLabel = "NAME", description = "The server's driver. Default: as watch chooses.")
    private @Nullable String driver;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long, behind a warm-up of 20 seconds. Default: 5m.")
    private Duration duration = Duration.ofMinutes(5);

    @Option(names = "--rate", paramLabel = "N", description = "Calls per second. Default: 20000.")
    private int rate = 20_000;

    @Option(names = "--progress", description = "Show the memory every five seconds.")
    private boolean progress;

    EndureCommand(Console console, Supplier<Drivers> drivers) {
        this.console = console;
        this.drivers = drivers;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (duration.toSeconds() < SHORTEST_SECONDS) {
            throw new ParameterException(spec.commandLine(), "--duration must be 10s or more");
        }
        if (rate < 1 || rate > HIGHEST_RATE) {
            throw new ParameterException(spec.commandLine(), "--rate must be 1 to " + HIGHEST_RATE + ", not " + rate);
        }
        Drivers all = drivers.get();
        if (driver != null && !all.names().contains(driver)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "No driver is named '" + driver + "'; known drivers: " + String.join(", ", all.names()));
        }
        String name = ChosenDriver.of(all, driver).name();
        if (all.actorHost(name).isPresent()) {
            throw new ParameterException(
                    spec.commandLine(), "driver " + name + " watches another place than this machine");
        }
        Path directory = Files.createTempDirectory("unraced-endurance");
        EnduranceResult result = new Endurance(name, rate, duration, directory, this::tell).run();
        for (String file : new String[] {"server.log", "reader.log", "socket", ""}) {
            Files.deleteIfExists(directory.resolve(file));
        }
        console.print(result.toText());
        return result.held() ? ExitCode.OK : ExitCode.FAILURE;
    }

    private void tell(String line) {
        if (progress || console.errIsTerminal()) {
            console.err().println(line);
        }
    }
}
