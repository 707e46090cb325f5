// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WorkloadsTest {
    @ParameterizedTest
    @ValueSource(strings = {"open", "open-255", "open-4000", "open-missing", "connect", "getppid", "exec", "compile"})
    void works(String name) throws Exception {
        try (Workload workload = Workloads.ALL.get(name).make()) {
            assertThat(workload.name()).isEqualTo(name);
            assertThat(workload.run(2, 1, pid -> {}).wall()).isPositive();
        }
    }

    @Test
    void tellsOfEachProcessBeforeItBegins() throws Exception {
        List<Long> pids = new ArrayList<>();
        try (CallLoop loop = new CallLoop()) {
            loop.run(new CallLoop.Plan(List.of("getppid"), 10, 0, 2), pids::add);
        }
        assertThat(pids).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void keepsTheRate() throws Exception {
        try (CallLoop loop = new CallLoop()) {
            CallLoop.Time time = loop.run(new CallLoop.Plan(List.of("getppid"), 100, 1_000, 1));
            // A slow machine may take longer, but a shorter time would be wrong. The last call does not wait for its
            // turn's end.
            assertThat(time.wall()).isGreaterThan(980_000);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 255, 1_000, 4_000})
    void makesAPathOfAnyLength(int bytes) throws Exception {
        Path file;
        try (DeepPath path = DeepPath.create(bytes)) {
            file = path.file();
            assertThat(file.toString().getBytes(StandardCharsets.UTF_8)).hasSize(bytes);
            assertThat(file).exists();
        }
        assertThat(Files.exists(file)).isFalse();
    }
}
