// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.cli.common.OutputFile;
import dev.unraced.explorer.TextStyle;
import dev.unraced.explorer.Timeline;
import dev.unraced.explorer.TimelineSvg;
import dev.unraced.explorer.attack.Attack;
import dev.unraced.explorer.attack.AttackReport;
import dev.unraced.explorer.attack.AttackTimeline;
import dev.unraced.explorer.attack.Attacks;
import dev.unraced.explorer.attack.Mode;
import dev.unraced.lab.explain.ExplainJson;
import dev.unraced.lab.explain.ExplainMarkdown;
import dev.unraced.lab.explain.ExplainText;
import dev.unraced.names.NearestName;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows attacks on observers, and the result of each under each mode. */
@Command(
        name = "explain",
        header = "Show how an observer of calls is deceived, and which mode is not.",
        description = {
            "Runs attacks on a simulated kernel in every order that their steps can take, and compares what each mode's"
                    + " events say with what the kernel did. With an ATTACK, tells one of the worst executions step by"
                    + " step. Nothing is captured; no privilege is needed.",
            ""
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  unraced lab explain",
            "  unraced lab explain flip-missing",
            "  unraced lab explain fd-swap --mode off --svg fd-swap.svg",
            "  unraced lab explain --json | jq '.attacks[] | {name, modes}'",
            "",
            "Exit codes: 0 success, 1 failure, 2 wrong command line."
        })
final class ExplainCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "ATTACK",
            description = "Which one; without, all are listed with their results.")
    private @Nullable String name;

    @Option(
            names = "--mode",
            paramLabel = "NAME",
            description = "Which observer to tell of: off, stash, kernel, or naive where there is one."
                    + " Default: the one that shows the attack best.")
    private @Nullable Mode mode;

    @Option(names = "--svg", paramLabel = "FILE", description = "Also draw the execution, as SVG.")
    private @Nullable Path svg;

    @Mixin
    private ExplainFormat format;

    ExplainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (name == null) {
            if (mode != null || svg != null) {
                throw usage((mode != null ? "--mode" : "--svg") + " needs an ATTACK");
            }
            List<AttackReport> reports =
                    Attacks.all().parallelStream().map(AttackReport::of).toList();
            console.print(
                    format.json
                            ? ExplainJson.of(reports)
                            : format.markdown ? ExplainMarkdown.of(reports) : ExplainText.of(reports));
        } else {
            explain(attack(name));
        }
        return ExitCode.OK;
    }

    private void explain(Attack attack) {
        if (mode != null && !attack.modes().contains(mode)) {
            throw usage("--mode: there is no " + mode.label() + " for " + attack.name() + "; there are "
                    + attack.modes().stream().map(Mode::label).collect(Collectors.joining(", ")));
        }
        if (svg != null && !OutputFile.isWritable(svg)) {
            throw usage("--svg: cannot write to " + svg);
        }
        AttackReport report = AttackReport.of(attack);
        Mode told = mode == null ? report.shown() : mode;
        Timeline timeline = AttackTimeline.of(attack, told, report.execution(told));
        if (svg != null) {
            OutputFile.write(svg, TimelineSvg.draw(timeline, attack.name() + ", mode " + told.label()));
        }
        TextStyle style = format.ascii || !console.isUtf8() ? TextStyle.ASCII : TextStyle.UTF_8;
        console.print(
                format.json
                        ? ExplainJson.of(report, told, timeline)
                        : format.markdown
                                ? ExplainMarkdown.of(List.of(report))
                                : ExplainText.of(report, timeline, style));
    }

    private Attack attack(String wanted) {
        return Attacks.named(wanted).orElseThrow(() -> {
            List<String> names = Attacks.all().stream().map(Attack::name).toList();
            String meant = NearestName.of(wanted, names)
                    .map(nearest -> "did you mean " + nearest + "? ")
                    .orElse("");
            return usage("'" + wanted + "' is no attack; " + meant + "'unraced lab explain' lists them");
        });
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
