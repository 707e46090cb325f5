// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two million claims are compared with names, in C, under the sanitizers: the fast result equals the plain one. */
class NamesTest {

    @Test
    void aClaimMatchesWhatItNamesAndNothingElse(@TempDir Path directory) throws Exception {
        String told = Commands.run(
                "make",
                "--no-print-directory",
                "-s",
                "-C",
                "src/main/c",
                "names",
                "OUT=" + directory.toAbsolutePath(),
                "SANITIZER=address,undefined");

        assertThat(told).contains("wrong 0");
    }
}
