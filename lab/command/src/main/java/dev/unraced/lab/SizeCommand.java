// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.cli.common.OutputFile;
import dev.unraced.cli.common.StatusLine;
import dev.unraced.lab.size.SizingJson;
import dev.unraced.lab.size.SizingText;
import dev.unraced.sizing.Sizing;
import dev.unraced.sizing.SizingPlot;
import dev.unraced.sizing.SizingTable;
import dev.unraced.stash.StashPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Computes how large a stash has to be. */
@Command(
        name = "size",
        header = "Simulate a machine, and say how large its stash has to be.",
        description = {
            "Runs a model of the machine in virtual time against stashes of several sizes. A table shows how many events"
                    + " miss the arguments of their enter, and what each size costs; it ends with a recommendation for"
                    + " stash.entries.",
            "",
            "A run takes time in proportion to rate times duration, some 2 million calls a second and size.",
            ""
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  unraced lab size desktop",
            "  unraced lab size server --rate 20000 --blocked 0.02 --loss 0.0001",
            "  unraced lab size container-host --threads 1000000 --duration 1h --entries 8192 --policy hash",
            "  unraced lab size stash-attack --svg attack.svg",
            "  unraced lab size --json | jq '.advice[] | {policy, entries, enough}'",
            "",
            "Exit codes: 0 success, 1 failure, 2 wrong command line."
        })
final class SizeCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ScenarioOptions machine;

    @Option(
            names = "--loss",
            paramLabel = "SHARE",
            description = "The share of events that may miss their enter, 0 to 1. Default: 0.001.")
    private double loss = 0.001;

    @Option(
            names = "--policy",
            paramLabel = "NAME",
            description = "What a full stash does: hash refuses newcomers, lru evicts the oldest. Default: both.")
    private @Nullable StashPolicy policy;

    @Option(
            names = "--entries",
            paramLabel = "N",
            split = ",",
            description = "Sizes to try, with commas between them. Default: the powers of two from 64 to 65536.")
    private List<Integer> entries = SizingTable.LADDER;

    @Option(
            names = "--latency-times",
            paramLabel = "X",
            split = ",",
            description = "Also try with all calls this many times as long, such as 1,10. Default: 1.")
    private List<Double> latencyTimes = List.of(1.0);

    @Option(names = "--json", description = "One JSON object; see docs/reference/commands.md.")
    private boolean json;

    @Option(names = "--svg", paramLabel = "FILE", description = "Also draw loss and memory against size, as SVG.")
    private @Nullable Path svg;

    SizeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        SizingTable table = table();
        if (!json) {
            console.err().println("unraced: " + machine.explanation());
        }
        Sizing sizing = run(table);
        if (svg != null) {
            OutputFile.write(svg, SizingPlot.svg(sizing));
        }
        String report = json ? SizingJson.of(sizing) : SizingText.of(sizing);
        console.print(report);
        return ExitCode.OK;
    }

    private SizingTable table() {
        if (svg != null && !OutputFile.isWritable(svg)) {
            throw new ParameterException(spec.commandLine(), "--svg: cannot write to " + svg);
        }
        try {
            List<StashPolicy> policies = policy == null ? List.of(StashPolicy.values()) : List.of(policy);
            return new SizingTable(machine.scenario(), policies, entries, latencyTimes, loss);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "Wrong value: " + e.getMessage(), e);
        }
    }

    private Sizing run(SizingTable table) {
        LongAdder calls = new LongAdder();
        long start = System.nanoTime();
        try (StatusLine status =
                console.errIsTerminal() ? StatusLine.on(console.err(), false) : StatusLine.none(console.err())) {
            status.start(() -> progress(calls.sum(), System.nanoTime() - start));
            return table.run(calls::add);
        } finally {
            console.err().println(progress(calls.sum(), System.nanoTime() - start));
        }
    }

    private static String progress(long calls, long nanos) {
        return String.format(
                Locale.ROOT,
                "unraced: %.1f million calls simulated in %.1f s, %.1f million per second",
                calls / 1e6,
                nanos / 1e9,
                calls * 1e3 / Math.max(1, nanos));
    }
}
