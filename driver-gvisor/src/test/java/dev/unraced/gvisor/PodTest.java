// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.event.EventView;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.ProcessView;
import dev.unraced.event.SyscallEvent;
import dev.unraced.gvisor.session.Runsc;
import dev.unraced.gvisor.session.SessionPeers.Peer;
import dev.unraced.gvisor.session.TraceConfig;
import dev.unraced.gvisor.session.TraceConfig.FdPath;
import dev.unraced.process.Container;
import dev.unraced.process.ProcessTable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests a pod: one sandbox and one connection for several containers, annotated as containerd does it. */
@Timeout(120)
class PodTest {
    private static final int OPENS = 40;
    private static final String POD = "pod-of-two";
    private static final List<String> CONTAINERS = List.of("first-of-two", "second-of-two");

    @TempDir
    Path folder;

    @BeforeEach
    void needDriver() {
        RunnableDriver.need(
                new GvisorDriver(),
                new SandboxActorHost()
                        .watched(CaptureConfig.builder().driver(GvisorDriver.NAME))
                        .build());
    }

    private static Map<String, String> annotations(String type) {
        return Map.of("io.kubernetes.cri.container-type", type, "io.kubernetes.cri.sandbox-id", POD);
    }

    private static String opens(String path) {
        return "for ((i = 0; i < " + OPENS + "; i++)); do : < " + path + "; done 2>/dev/null; exec sleep 300";
    }

    private CaptureConfigBuilder config(RealSandboxes sandboxes) {
        return CaptureConfig.builder()
                .driver(GvisorDriver.NAME)
                .set("gvisor.endpoint", sandboxes.endpoint().toString())
                .set("gvisor.root", sandboxes.root().toString());
    }

    private static List<OpenEvent> opens(Capture capture, int wanted) {
        List<OpenEvent> opens = new ArrayList<>();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
        while (opens.size() < wanted && System.nanoTime() < end) {
            capture.await(
                    event -> {
                        SyscallEvent any = event.snapshot();
                        if (any instanceof OpenEvent open
                                && open.path().value().toString().startsWith("/of-")) {
                            opens.add(open);
                        }
                    },
                    1_000,
                    TimeUnit.MILLISECONDS.toNanos(100));
        }
        return opens;
    }

    @Test
    void containersOfOneSandboxAreToldApart() throws Exception {
        try (RealSandboxes sandboxes = new RealSandboxes(folder);
                Capture capture = new GvisorDriver().open(config(sandboxes).build())) {
            CaptureConfig config = config(sandboxes).build();
            Path session = sandboxes.session(new TraceConfig(
                            sandboxes.endpoint(), config.syscalls(), FdPath.CLOSE, Duration.ofSeconds(6), true, false)
                    .json());
            assertThat(sandboxes.start(POD, "exec sleep 300", annotations("sandbox"), session))
                    .as(sandboxes.log())
                    .isZero();
            for (String id : CONTAINERS) {
                assertThat(sandboxes.start(id, opens("/of-" + id), annotations("container"), null))
                        .as(sandboxes.log())
                        .isZero();
            }

            List<OpenEvent> opens = opens(capture, CONTAINERS.size() * OPENS);

            assertThat(opens)
                    .hasSize(CONTAINERS.size() * OPENS)
                    .allSatisfy(open -> assertThat(
                                    open.caller().containerId().orElseThrow().toString())
                            .isEqualTo(open.path().value().toString().substring("/of-".length())));
            for (String id : CONTAINERS) {
                assertThat(opens)
                        .filteredOn(open -> open.path().value().toString().equals("/of-" + id))
                        .hasSize(OPENS);
            }
            // The ids are those of the sandbox's first pid namespace, although each container has its own.
            assertThat(opens)
                    .extracting(open -> open.caller().tgid())
                    .doesNotContain(1)
                    .hasSize(2 * OPENS);
            assertThat(opens.stream().map(open -> open.caller().tgid()).distinct())
                    .hasSize(2);
        }
    }

    /** Processes of two pods have the same ids; each of their opens is of the program that made it. */
    @Test
    void programsOfContainersAreToldApart() throws Exception {
        List<String> pods = List.of("pod-one", "pod-two");
        Map<String, String> programs = new HashMap<>();
        Map<String, List<ProcessView.Type>> lives = new HashMap<>();
        try (RealSandboxes sandboxes = new RealSandboxes(folder);
                Capture capture = new GvisorDriver()
                        .open(config(sandboxes).processEvents(true).build())
                        .withProcesses(new ProcessTable())) {
            Path session = sandboxes.session(new TraceConfig(
                            sandboxes.endpoint(),
                            config(sandboxes).build().syscalls(),
                            FdPath.CLOSE,
                            Duration.ofSeconds(6),
                            true,
                            true)
                    .json());
            for (String pod : pods) {
                String script = "cat /of-" + pod + "; head /of-" + pod + "; exec tail -F /of-" + pod;
                assertThat(sandboxes.start(pod, script, Map.of(), session))
                        .as(sandboxes.log())
                        .isZero();
            }
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
            EventHandler handler = new EventHandler() {
                @Override
                public void onEvent(EventView event) {
                    if (event.isOpenLike() && event.path().toString().startsWith("/of-")) {
                        Container container =
                                Objects.requireNonNull(event.process().container(), "no container");
                        programs.put(event.containerId() + " " + event.process().commandLine(), container.id());
                    }
                }

                @Override
                public void onProcess(ProcessView event) {
                    String process = event.containerId() + " " + event.tgid();
                    lives.computeIfAbsent(process, any -> new ArrayList<>()).add(event.type());
                }
            };
            while (programs.size() < 6 && System.nanoTime() < end) {
                capture.await(handler, 1_000, TimeUnit.MILLISECONDS.toNanos(100));
            }
        }
        for (String pod : pods) {
            assertThat(programs)
                    .containsEntry(pod + " cat /of-" + pod, pod)
                    .containsEntry(pod + " head /of-" + pod, pod)
                    .containsEntry(pod + " tail -F /of-" + pod, pod);
            assertThat(lives.get(pod + " 1")).containsExactly(ProcessView.Type.EXEC, ProcessView.Type.EXEC);
            assertThat(lives.get(pod + " 2"))
                    .containsExactly(ProcessView.Type.FORK, ProcessView.Type.EXEC, ProcessView.Type.EXIT);
        }
        assertThat(programs).hasSize(6);
        assertThat(lives).hasSize(6);
    }

    @Test
    void aPodIsAttachedToOnceWhicheverOfItsContainersIsNamed() throws Exception {
        try (RealSandboxes sandboxes = new RealSandboxes(folder)) {
            sandboxes.start(POD, "exec sleep 300", annotations("sandbox"), null);
            sandboxes.start(
                    CONTAINERS.get(0),
                    "while :; do : < /of-" + CONTAINERS.get(0) + "; sleep 0.05; done 2>/dev/null",
                    annotations("container"),
                    null);
            Runsc runsc = sandboxes.runsc();
            assertThat(runsc.running()).as(sandboxes.log()).containsExactly(POD);

            for (String attach : List.of(GvisorSettings.ALL, CONTAINERS.get(0))) {
                try (Capture capture = new GvisorDriver()
                        .open(config(sandboxes).set("gvisor.attach", attach).build())) {
                    assertThat(runsc.isTraced(POD)).isTrue();
                    assertThat(runsc.peers(POD))
                            .contains(new Peer(sandboxes.endpoint().toString(), true));
                    assertThat(opens(capture, 2))
                            .isNotEmpty()
                            .allSatisfy(open -> assertThat(open.caller()
                                            .containerId()
                                            .orElseThrow()
                                            .toString())
                                    .isEqualTo(CONTAINERS.get(0)));
                }
                assertThat(runsc.isTraced(POD)).isFalse();
            }
        }
    }
}
