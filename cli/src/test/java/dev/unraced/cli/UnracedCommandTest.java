// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnracedCommandTest {
    private final TestConsole test = new TestConsole();

    @Test
    void findsDriversByItself() {
        assertThat(run("watch", "--driver", "scripted", "--count", "1")).isZero();
        assertThat(test.out()).contains("\"/etc/hosts\"");
    }

    @Test
    void anUnknownDriverIsAFailureThatNamesTheNearest() {
        assertThat(run("watch", "--driver", "scriptd")).isEqualTo(1);
        assertThat(test.err()).contains("scriptd").contains("scripted").doesNotContain("\tat ");
    }

    @Test
    void aWrongConfigurationIsAUsageErrorThatNamesTheNearestKey() {
        assertThat(run("watch", "-o", "stash.entris=5")).isEqualTo(2);
        assertThat(test.err())
                .contains("stash.entris")
                .contains("unraced.stash.entries")
                .doesNotContain("\tat ");
    }

    @Test
    void anUnknownOptionNamesTheNearest() {
        assertThat(run("watch", "--jsn")).isEqualTo(2);
        assertThat(test.err()).contains("Unknown option: '--jsn'").contains("Did you mean --json?");
    }

    @ParameterizedTest
    @CsvSource({
        "--count, 0",
        "--count, x",
        "--duration, 5x",
        "--duration, -1",
        "--syscalls, read",
        "--mitigation, on",
        "--pid, x",
        "--pid, 0",
        "--uid, 4294967295",
        "--cgroup, x",
        "--cgroup, /nowhere",
        "--cgroup, /etc",
        "--comm, sixteen-bytes-xx",
        "--config, /nowhere",
        "--color, blue",
    })
    void wrongValuesAreUsageErrors(String option, String value) {
        assertThat(run("watch", "--driver", "scripted", option, value))
                .as(test.err())
                .isEqualTo(2);
        assertThat(test.err()).contains(value).doesNotContain("\tat ");
    }

    @Test
    void failedAndSucceededExcludeEachOther() {
        assertThat(run("watch", "--failed", "--succeeded")).isEqualTo(2);
    }

    @Test
    void noCommandIsAUsageError() {
        assertThat(run()).isEqualTo(2);
        assertThat(test.err()).contains("Try 'unraced --help'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "watch --help",
                "doctor --help",
                "conformance --help",
                "size --help",
                "explain --help",
                "completion --help"
            })
    void helpHasExamplesAndExitCodes(String line) {
        assertThat(run(line.split(" "))).isZero();
        assertThat(test.out()).contains("Examples:").contains("Exit codes:");
    }

    @Test
    void versionIsFilledIn() {
        assertThat(run("--version")).isZero();
        assertThat(test.out()).startsWith("unraced ").doesNotContain("$").doesNotContain("null");
    }

    private int run(String... args) {
        return UnracedCommand.run(test.console(), args);
    }
}
