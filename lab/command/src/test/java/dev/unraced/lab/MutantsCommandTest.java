// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.cli.TestConsole;
import dev.unraced.conformance.ConformanceRunner;
import dev.unraced.lab.mutants.RuleCode;
import dev.unraced.lab.mutants.RuleCode.Room;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MutantsCommandTest {
    private final TestConsole test = new TestConsole();

    @Test
    void theKitIsJudgedByTheMutantsThatTheCommandComesWith() {
        assertThat(mutants("--rules", "R2.10")).isZero();
        assertThat(test.out())
                .contains("CAUGHT creat-without-flags breaks R2.10; failed: R2.10\n")
                .contains("1 mutants: 1 caught");
    }

    @Test
    void theVerdictsAreShownAtOnceIfTheUserWants() {
        assertThat(mutants("--rules", "R2.10", "--progress", "--json")).isZero();
        assertThat(test.err()).isEqualTo("CAUGHT creat-without-flags\n");
        assertThat(test.out()).startsWith("{\"complete\":true,");
    }

    @Test
    void aPatternWithoutRulesIsAUsageError() {
        assertThat(mutants("--rules", "R99.*")).isEqualTo(2);
        assertThat(test.err()).contains("Try 'unraced lab mutants --help'").doesNotContain("\tat ");
    }

    /** After a change, {@code ./unraced lab mutants --markdown > docs/reference/rules.md} updates the page. */
    @Test
    void thePageOfRulesIsWhatTheCommandPrints() throws IOException {
        assertThat(mutants("--markdown")).isZero();
        assertThat(test.out())
                .isEqualTo(Files.readString(Path.of("../../docs/reference/rules.md")))
                .contains("| R2.10 | ");
    }

    /** The kernel drivers and the simulator keep every rule, so each has code, of its own or shared, that names it. */
    @ParameterizedTest
    @CsvSource({"EBPF, KERNEL, JAVA", "KMOD, KERNEL, JAVA", "SIM, SIM, JAVA"})
    void aRuleLeadsToItsCode(Room driver, Room shared, Room java) throws IOException {
        RuleCode code = RuleCode.of(Path.of(""));
        assertThat(ConformanceRunner.rules())
                .isNotEmpty()
                .allSatisfy(rule -> assertThat(Stream.of(driver, shared, java))
                        .anySatisfy(room -> assertThat(code.files(room, rule)).isNotEmpty()));
    }

    private int mutants(String... options) {
        String[] args = new String[options.length + 2];
        args[0] = "lab";
        args[1] = "mutants";
        System.arraycopy(options, 0, args, 2, options.length);
        return LabCommand.run(test.console(), args);
    }
}
