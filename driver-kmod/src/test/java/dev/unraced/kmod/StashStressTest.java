// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads share one stash, in C, under the sanitizers. */
class StashStressTest {

    @ParameterizedTest
    @ValueSource(strings = {"thread", "address,undefined"})
    void noEntryIsTornNoAccessIsWrong(String sanitizer, @TempDir Path directory) throws Exception {
        String told = Commands.run(
                "make",
                "--no-print-directory",
                "-s",
                "-C",
                "src/main/c",
                "stress",
                "OUT=" + directory.toAbsolutePath(),
                "SANITIZER=" + sanitizer);

        assertThat(told).contains("mixed up 0").contains("shards of a table 4, of a small one 1\n");
    }
}
