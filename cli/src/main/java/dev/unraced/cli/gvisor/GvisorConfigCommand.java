// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.gvisor;

import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.cli.common.OutputFile;
import dev.unraced.gvisor.session.Runsc;
import dev.unraced.gvisor.session.RunscException;
import dev.unraced.gvisor.session.TraceConfig;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints the trace session for the start of sandboxes. */
@Command(
        name = "config",
        header = "Print the trace session for runsc --pod-init-config, and check that runsc has all of its points.",
        description = {
            "A sandbox whose session names a point that its runsc lacks runs unwatched, and says so in its own log"
                    + " alone. So this asks the runsc of this machine first; when another one starts the sandboxes, make"
                    + " the session there.",
            ""
        },
        sortOptions = false)
public final class GvisorConfigCommand implements Callable<Integer> {
    /** The ways to treat a sandbox that no capture listens to. */
    enum Unwatched {
        refuse,
        run
    }

    private final Console console;

    @Mixin
    private GvisorOptions options = new GvisorOptions();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write it to a file instead.")
    private @Nullable Path output;

    @Option(
            names = "--if-unwatched",
            paramLabel = "WHAT",
            description =
                    "What becomes of a sandbox that starts while no capture listens: refuse (default), it does not"
                            + " start; run, it runs unwatched until its end.")
    private Unwatched ifUnwatched = Unwatched.refuse;

    @Option(names = "--no-check", description = "Do not ask runsc whether it has the points.")
    private boolean unchecked;

    public GvisorConfigCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        TraceConfig session = options.session(ifUnwatched == Unwatched.refuse);
        if (!unchecked && !check(session)) {
            return ExitCode.FAILURE;
        }
        if (output == null) {
            console.print(session.json());
        } else {
            OutputFile.writeInFolder(output, session.json());
        }
        return ExitCode.OK;
    }

    private boolean check(TraceConfig session) {
        Runsc runsc = GvisorOptions.runsc();
        try {
            Set<String> known = new HashSet<>(runsc.points());
            List<String> lacking = session.pointNames().stream()
                    .filter(name -> !known.contains(name))
                    .toList();
            if (!lacking.isEmpty()) {
                console.err()
                        .println("unraced gvisor: " + runsc.version() + " lacks " + String.join(", ", lacking)
                                + ": sandboxes with this session would run unwatched. Use another version of runsc.");
                return false;
            }
            return true;
        } catch (RunscException e) {
            console.err()
                    .println("unraced gvisor: the points cannot be checked: " + e.getMessage()
                            + ". With --no-check the session is made unchecked.");
            return false;
        }
    }
}
