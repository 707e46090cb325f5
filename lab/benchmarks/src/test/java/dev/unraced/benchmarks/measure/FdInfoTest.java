// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FdInfoTest {

    @Test
    void aLinkHidesNothingOfItsProgram(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("10"), "link_type:\tperf\nprog_id:\t7\n");
        Files.writeString(directory.resolve("11"), "prog_type:\t5\nprog_id:\t7\nrun_time_ns:\t1234\n");
        Files.writeString(directory.resolve("12"), "link_type:\traw_tracepoint\nprog_id:\t7\n");
        Files.writeString(directory.resolve("13"), "map_type:\t2\nmap_id:\t7\n");

        assertThat(FdInfo.objects("prog_id", directory))
                .containsOnlyKeys("7")
                .extractingByKey("7")
                .satisfies(fields -> assertThat(fields).containsEntry("run_time_ns", "1234"));
    }
}
