// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
    private final StringWriter text = new StringWriter();
    private final CommandLine bench =
            Main.commandLine().setOut(new PrintWriter(text, true)).setErr(new PrintWriter(text, true));

    @Test
    void eachMeasurementHasHelpOfItsOwn() {
        assertThat(bench.execute("--help")).isZero();
        assertThat(text.toString()).startsWith("Usage: bench ").contains("Exit codes:");
        assertThat(bench.getSubcommands()).hasSizeGreaterThan(10);
        for (String name : bench.getSubcommands().keySet()) {
            text.getBuffer().setLength(0);
            assertThat(bench.execute(name, "--help")).as(name).isZero();
            assertThat(text.toString()).startsWith("Usage: bench " + name);
        }
    }

    @Test
    void wrongCommandLinesAreUsageErrors() {
        for (String wrong : List.of("nonsense", "--nonsense")) {
            assertThat(bench.execute(wrong)).as(wrong).isEqualTo(2);
        }
        assertThat(text.toString()).doesNotContain("\tat ");
    }
}
