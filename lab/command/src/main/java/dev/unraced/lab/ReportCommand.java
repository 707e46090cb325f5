// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import dev.unraced.cli.common.ExitCode;
import dev.unraced.cli.common.OutputFile;
import dev.unraced.explorer.attack.AttackReport;
import dev.unraced.explorer.attack.Attacks;
import dev.unraced.report.ReportFormatException;
import dev.unraced.report.ReportPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes one page of the results of other commands. */
@Command(
        name = "report",
        header = "Make one page of HTML of what conformance, attack and bench found.",
        description = {
            "The page has the rules by drivers with the reason of each skip, the attacks, the costs as charts, and the attacks"
                    + " of explain step by step, each as far as there is a FILE of it. It needs no other file and no"
                    + " network, and runs no script. Nothing is captured; no privilege is needed.",
            ""
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  sudo unraced conformance --driver ebpf --json > ebpf.json",
            "  unraced conformance --driver sim --json > sim.json",
            "  sudo unraced lab attack --json > attack.json",
            "  unraced lab report --out report.html ebpf.json sim.json attack.json target/bench/bench.json",
            "",
            "Exit codes: 0 success; 1 the page cannot be written; 2 wrong command line, or a FILE that is none of these."
        })
final class ReportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "FILE",
            description =
                    "What conformance, attack or a part of bench printed with --json, or the bench.json that bench"
                            + " writes. Drivers stand in the order of the files.")
    private List<Path> files = List.of();

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where the page goes.")
    private Path out;

    @Override
    public Integer call() {
        if (!OutputFile.isWritable(out)) {
            throw new ParameterException(spec.commandLine(), "--out: cannot write to " + out);
        }
        ReportPage page = new ReportPage();
        files.forEach(file -> add(file, page));
        page.timelines(Attacks.all().parallelStream().map(AttackReport::of).toList());
        OutputFile.write(out, page.html(Instant.now()));
        return ExitCode.OK;
    }

    private void add(Path file, ReportPage page) {
        try {
            page.add(Files.readString(file));
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), file + " cannot be read: " + e, e);
        } catch (ReportFormatException e) {
            throw new ParameterException(spec.commandLine(), file + ": " + e.getMessage(), e);
        }
    }
}
