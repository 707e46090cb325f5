// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the tests and the fuzzer of the C that both kernel drivers compile, in processes, under the sanitizers. */
class SharedCodeTest {

    @Test
    void theCodeOfBothKernelDriversPassesItsTestsUnderTheSanitizers(@TempDir Path directory) throws Exception {
        String said = Commands.run(
                "make", "--no-print-directory", "-s", "-C", "../kernel", "test", "OUT=" + directory.toAbsolutePath());

        assertThat(said)
                .containsPattern("paths \\d+ matching \\d+ wrong 0\n")
                .contains("addresses wrong 0\n")
                .contains("outcomes wrong 0\n")
                .contains("evidence wrong 0\n")
                .contains("objects wrong 0\n")
                .contains("endings wrong 0\n")
                .contains("images wrong 0\n")
                .contains("execs wrong 0\n")
                .containsPattern("tokens \\d+ \\d+ wrong 0\n")
                .containsPattern("fuzzed \\d+");
    }
}
