// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.kmod;

import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.cli.common.PrintedText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Builds, loads and unloads the kernel module. */
@Command(
        name = "kmod",
        header = "Build, load and unload the kernel module of the driver kmod.",
        description = {
            "The module is built from sources that come with this command, against the running kernel's headers. It takes"
                    + " make, and the compiler that the kernel was built with.",
            ""
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  sudo unraced kmod build && sudo unraced kmod load",
            "  unraced kmod status",
            "  sudo unraced kmod unload",
            "",
            "Exit codes: 0 success, for status: loaded; 1 failure, for status: not loaded; 2 wrong command line."
        })
public final class KmodCommand implements Callable<Integer> {
    private final Console console;

    /** The actions on the module. */
    enum Action {
        build,
        load,
        unload,
        status
    }

    @Parameters(paramLabel = "ACTION", description = "One of: ${COMPLETION-CANDIDATES}.")
    private Action action;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description =
                    "Where modules are built, each kernel's in a folder of its own; default: /var/cache/unraced/kmod."
                            + " Only root should be able to write there.")
    private Path directory = KernelModule.USUAL_DIRECTORY;

    public KmodCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        KernelModule module = KernelModule.ofThisMachine(directory);
        if (action == Action.status) {
            console.print(module.status());
            return module.isLoaded() ? ExitCode.OK : ExitCode.FAILURE;
        }
        PrintedText out = new PrintedText();
        int status = action == Action.build
                ? module.build(out)
                : action == Action.load ? module.load(out) : module.unload(out);
        if (status != 0) {
            console.err().print(out.take());
            return ExitCode.FAILURE;
        }
        console.print(out.take());
        return ExitCode.OK;
    }
}
