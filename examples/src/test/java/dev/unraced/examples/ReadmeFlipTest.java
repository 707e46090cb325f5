// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.Mitigation;
import dev.unraced.sim.SimBuffer;
import dev.unraced.sim.SimCall;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.kernel.CallStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Plays the flip of the first page on a simulated kernel, and compares what each mode says of it. */
class ReadmeFlipTest {
    @ParameterizedTest
    @EnumSource
    void thePictureSaysWhatTheModeSays(Mitigation mode) throws IOException {
        SimKernel kernel = SimKernel.create();
        List<String> seen = new ArrayList<>();
        try (Capture capture = kernel.capture(
                CaptureConfig.builder().driver("sim").mitigation(mode).build())) {
            SimBuffer path = kernel.process("evil").user(0).buffer("/etc/shadow");
            path.process().newThread("flipper");
            SimCall open = path.process().thread().openat(path).until(CallStep.WORK);
            path.write("/tmp/report.txt");
            open.finish();
            capture.poll(
                    event -> seen.add("mode %-8s %-18s %-7s %-12s"
                            .formatted(
                                    mode.name().toLowerCase(Locale.ROOT),
                                    "\"" + event.path() + "\"",
                                    event.path().provenance(),
                                    event.path().integrity())),
                    10);
        }

        assertThat(seen)
                .singleElement()
                .satisfies(line ->
                        assertThat(Files.readString(Path.of("../README.md"))).contains(line));
    }
}
