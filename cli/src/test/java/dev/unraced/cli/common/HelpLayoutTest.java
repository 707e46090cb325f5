// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.cli.TestConsole;
import dev.unraced.cli.UnracedCommand;
import dev.unraced.selection.Drivers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

class HelpLayoutTest {
    private static final int WIDTH = 80;

    private final List<CommandLine> all = new ArrayList<>();

    HelpLayoutTest() {
        collect(UnracedCommand.commandLine(new TestConsole().console(), Drivers::discover));
    }

    private void collect(CommandLine command) {
        all.add(command);
        command.getSubcommands().values().forEach(this::collect);
    }

    @Test
    void linesFitUnlessAWordDoesNot() {
        assertThat(all)
                .hasSizeGreaterThan(10)
                .allSatisfy(command -> assertThat(
                                command.getUsageMessage(Ansi.OFF).lines().filter(line -> line.length() > WIDTH))
                        .as(command.getCommandSpec().qualifiedName())
                        .allSatisfy(line -> assertThat(line.strip()).doesNotContain(" ")));
    }

    @Test
    void noWordOfADescriptionIsBroken() {
        for (CommandLine command : all) {
            CommandSpec spec = command.getCommandSpec();
            String help = words(command.getUsageMessage(Ansi.OFF));
            List<ArgSpec> described = new ArrayList<>(spec.positionalParameters());
            spec.options().stream().filter(option -> !option.hidden()).forEach(described::add);
            assertThat(described).allSatisfy(each -> {
                for (String line : each.description()) {
                    String shown = line.replace("${DEFAULT-VALUE}", String.valueOf(each.defaultValueString()))
                            .replace("%n", " ")
                            .replace("%%", "%");
                    assertThat(help).contains(words(shown));
                }
            });
        }
    }

    @Test
    void anExampleThatGoesOnCanBeCopied() {
        for (CommandLine command : all) {
            CommandSpec spec = command.getCommandSpec();
            String help = command.getUsageMessage(Ansi.OFF).replaceAll(" \\\\\n +", " ");
            for (String line : spec.usageMessage().footer()) {
                if (line.startsWith("  ")) {
                    assertThat(help)
                            .as(spec.qualifiedName())
                            .contains(line.stripTrailing().replace("%%", "%"));
                }
            }
        }
    }

    @Test
    void coloursTakeNoRoom() {
        CommandLine watch = all.get(0).getSubcommands().get("watch");
        assertThat(watch.getUsageMessage(Ansi.ON).replaceAll("\u001b\\[[0-9;]*m", ""))
                .isEqualTo(watch.getUsageMessage(Ansi.OFF));
    }

    private static String words(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }
}
