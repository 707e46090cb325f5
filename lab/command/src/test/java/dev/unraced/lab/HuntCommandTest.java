// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.cli.TestConsole;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the parts that need no kernel of their own: the list, and wrong command lines. */
class HuntCommandTest {
    private final TestConsole test = new TestConsole();

    @Test
    void listsTheKindsOfPrograms() {
        assertThat(hunt("--list")).isZero();
        assertThat(test.out()).contains("rings ").contains("sockets ").contains("refusals ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--only nothing",
                "--acts 0",
                "--program /nowhere/at-all",
                "--save /nowhere/at-all",
                "--mitigation sometimes"
            })
    void aWrongCommandLineIsTold(String line) {
        assertThat(hunt(line.split(" "))).isEqualTo(2);
        assertThat(test.err()).contains("Try 'unraced lab hunt --help'").doesNotContain("\tat ");
    }

    @Test
    void aDriverThatIsNotThereIsTold() {
        assertThat(hunt("--driver", "nope")).isEqualTo(2);
        assertThat(test.err()).contains("no driver is named");
    }

    private int hunt(String... options) {
        String[] all = new String[options.length + 1];
        all[0] = "hunt";
        System.arraycopy(options, 0, all, 1, options.length);
        return LabCommand.run(test.console(), LabLine.of(all));
    }
}
