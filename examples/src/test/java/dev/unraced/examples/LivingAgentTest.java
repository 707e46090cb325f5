// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.recording.RecordingWriter;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.SimProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the agent that the guide about consuming shows, on captures that end, fail and lose events. */
class LivingAgentTest {
    private final List<String> alarms = new ArrayList<>();
    private final List<String> paths = new ArrayList<>();

    @TempDir
    private Path folder;

    private LivingAgent agent() {
        return new LivingAgent(
                event -> {
                    paths.add(event.path().toString());
                    if (paths.size() == 1) {
                        throw new IllegalArgumentException("a bad day");
                    }
                },
                alarms::add);
    }

    /** Records two calls. */
    private Capture replay() {
        Path file = folder.resolve("two.rec");
        SimKernel kernel = SimKernel.create();
        try (Capture capture = kernel.capture();
                RecordingWriter writer = RecordingWriter.open(file, capture)) {
            kernel.process("cat").thread().openat("/one").finish();
            kernel.process("cat").thread().openat("/two").finish();
            capture.poll(writer, 100);
        }
        return Capture.open(CaptureConfig.builder().driver("replay").set("unraced.replay.file", file.toString()));
    }

    @Test
    void aHandlerThatThrowsMissesOneEvent() throws InterruptedException {
        agent().run(this::replay);

        assertThat(paths).containsExactly("/one", "/two");
        assertThat(alarms).singleElement().asString().endsWith("a bad day");
    }

    @Test
    void aCaptureThatCannotOpenIsTriedAgain() throws InterruptedException {
        Deque<Supplier<Capture>> tries = new ArrayDeque<>();
        tries.add(() -> {
            throw new CaptureException("no server");
        });
        tries.add(this::replay);
        agent().run(() -> tries.remove().get());

        assertThat(paths).containsExactly("/one", "/two");
        assertThat(alarms).hasSize(2).first().isEqualTo("nothing is watched: no server");
    }

    @Test
    void lossesAreReportedOnceAndByReason() throws InterruptedException {
        SimKernel kernel = SimKernel.create();
        Capture capture = kernel.capture(
                CaptureConfig.builder().driver("sim").ringBytes(64 << 10).build());
        SimProcess busy = kernel.process("busy");
        for (int i = 0; i < 1_000; i++) {
            busy.thread().openat("/etc/passwd").finish();
        }
        new LivingAgent(event -> Thread.currentThread().interrupt(), alarms::add).run(() -> capture);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(capture.isOpen()).isFalse();
        assertThat(alarms).hasSize(2).first().asString().endsWith(" events were lost: RING_FULL");
        assertThat(alarms).last().asString().endsWith(" of them were user 1000's");
    }

    @Test
    void aCgroupIsFoundByItsInode() throws IOException {
        Path cgroup = Files.createDirectories(folder.resolve("kubepods/pod1/container1"));
        long id = (long) Files.getAttribute(cgroup, "unix:ino");

        assertThat(LivingAgent.cgroup(folder, id)).contains(cgroup);
        assertThat(LivingAgent.cgroup(folder, -2)).isEmpty();
    }

    @Test
    void theGuideShowsIt() throws IOException {
        String source = Files.readString(Path.of("src/main/java/dev/unraced/examples/LivingAgent.java"));
        String run = source.substring(
                        source.indexOf("    /** Consumes captures"), source.indexOf("    /**\n     * Finds the folder"))
                .indent(-4);

        assertThat(Files.readString(Path.of("../docs/consuming.md"))).contains("```java\n" + run.strip() + "\n```");
    }
}
