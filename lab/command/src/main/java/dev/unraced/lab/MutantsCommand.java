// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.conformance.ConformanceRunner;
import dev.unraced.conformance.RulePattern;
import dev.unraced.conformance.mutant.MutantCatalogue;
import dev.unraced.conformance.mutant.MutantReport;
import dev.unraced.conformance.mutant.MutantResult;
import dev.unraced.conformance.mutant.MutantRunner;
import dev.unraced.lab.mutants.MutantsJson;
import dev.unraced.lab.mutants.RuleCode;
import dev.unraced.lab.mutants.RulesMarkdown;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Tests the conformance kit with drivers that are broken on purpose. */
@Command(
        name = "mutants",
        header = "Say whether the rules notice the drivers that are broken on purpose to break them.",
        description = {
            "Each mutant is the simulator with one fault, and names the rules that must notice it. Nothing is captured; no"
                    + " privilege is needed. All of them take some minutes.",
            ""
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  unraced lab mutants",
            "  unraced lab mutants --quick",
            "  unraced lab mutants --rules 'R2.*'",
            "  unraced lab mutants --json | jq '.mutants[] | select(.verdict != \"CAUGHT\")'",
            "",
            "Exit codes: 0 each mutant was caught by exactly the rules that it names; 1 one was not; 2 wrong command line."
        })
final class MutantsCommand implements Callable<Integer> {
    /** The number of mutants at a time, since a mutant that breaks much mostly waits. */
    private static final int AT_ONCE = 4;

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--rules",
            paramLabel = "PATTERN",
            description = "Only mutants that break these rules: R2.15, R2.*, or several with commas. Default: all.")
    private String rules = "*";

    @Option(
            names = "--quick",
            description =
                    "Judge each mutant by the rules that it names; by all others only where those notice nothing.")
    private boolean quick;

    @Option(names = "--progress", description = "Show each verdict at once, even if standard error is no terminal.")
    private boolean progress;

    @Option(names = "--json", description = "One JSON object; see docs/reference/commands.md.")
    private boolean json;

    @Option(
            names = "--markdown",
            description =
                    "Run nothing, and print what tests each rule, and where its code is: docs/reference/rules.md.")
    private boolean markdown;

    @Mixin
    private HtmlOption html;

    MutantsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        RulePattern pattern = RulePattern.of(rules);
        if (ConformanceRunner.rules(pattern).isEmpty()) {
            throw new ParameterException(spec.commandLine(), "No rule has a number like '" + rules + "'");
        }
        if (markdown) {
            console.print(page());
            return ExitCode.OK;
        }
        html.check();
        MutantRunner.Scope scope = quick ? MutantRunner.Scope.OWN_RULES : MutantRunner.Scope.EVERY_RULE;
        MutantReport report = MutantRunner.run(MutantCatalogue.all(), pattern, scope, AT_ONCE, this::tell);
        console.print(Console.printable(json ? MutantsJson.of(report) : report.toText()));
        if (html.isWanted()) {
            html.add(MutantsJson.of(report));
            html.write();
        }
        return report.isComplete() ? ExitCode.OK : ExitCode.FAILURE;
    }

    private String page() {
        try {
            return RulesMarkdown.of(MutantCatalogue.all(), RuleCode.of(Path.of("")));
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), "--markdown reads the sources: " + e.getMessage(), e);
        }
    }

    private void tell(MutantResult result) {
        if (progress || console.errIsTerminal()) {
            console.err().println(result.verdict() + " " + result.mutant().name());
        }
    }
}
