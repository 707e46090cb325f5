// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessEventType;
import dev.unraced.event.ProcessView;
import dev.unraced.process.Absence;
import dev.unraced.process.ProcessImage;
import dev.unraced.process.ProcessTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs real programs, and compares what process events say of them with /proc and with what was run. */
class ProcessEventsTest {
    private static final Duration WAIT = Duration.ofSeconds(1);

    @BeforeEach
    void need() {
        RealKernel.need();
    }

    /** Keeps a table, and the opens whose path has a part, each with the image that made it. */
    private static final class Watcher implements EventHandler {
        final ProcessTable table = new ProcessTable();
        final Map<ProcessEventType, Integer> types = new EnumMap<>(ProcessEventType.class);
        final List<String> opens = new ArrayList<>();
        final List<@Nullable ProcessImage> images = new ArrayList<>();
        final List<Absence> absences = new ArrayList<>();
        private final String part;
        private long calls;
        private long unknown;

        Watcher(String part) {
            this.part = part;
        }

        @Override
        public void onEvent(EventView event) {
            ProcessImage image = table.imageOf(event);
            calls++;
            unknown += image == null ? 1 : 0;
            String path = event.path().toByteString().toUtf8();
            if (path.contains(part)) {
                opens.add(path);
                images.add(image);
                absences.add(table.absenceOf(event));
            }
        }

        @Override
        public void onProcess(ProcessView event) {
            types.merge(event.type(), 1, Integer::sum);
            table.update(event);
        }
    }

    @Test
    void eachCallHasTheProgramThatMadeIt(@TempDir Path directory) throws IOException, InterruptedException {
        Path script = directory.resolve("script");
        Files.writeString(script, "#!/bin/sh\n: < " + directory + "/first\nexec cat " + directory + "/second\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        Watcher watcher = new Watcher(directory.toString());
        CaptureStats stats;
        try (Capture capture = Capture.open(
                CaptureConfig.builder().driver("ebpf").processEvents(true).build())) {
            new ProcessBuilder("sh", "-c", script + " one two; : < " + directory + "/third")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            while (capture.await(watcher, 4096, WAIT) > 0) {}
            stats = capture.stats();
        }
        assertThat(watcher.types).containsKeys(ProcessEventType.values());
        assertThat(stats.processEvents())
                .isEqualTo(watcher.types.values().stream().mapToInt(n -> n).sum());
        assertThat(stats.imbalance()).isZero();
        System.out.println(watcher.types + " " + watcher.opens);
        for (int i = 0; i < watcher.opens.size(); i++) {
            ProcessImage image = watcher.images.get(i);
            System.out.println(watcher.opens.get(i) + " "
                    + (image == null
                            ? watcher.absences.get(i)
                            : watcher.table.chain(image).stream()
                                    .map(p -> p.tgid() + ":" + p.program().executable() + " "
                                            + p.program().commandLine())
                                    .toList()));
        }
        System.out.println(watcher.calls + " calls, unknown " + watcher.unknown);
    }
}
