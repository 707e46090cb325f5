// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ends processes in unusual ways, by {@code ends.c}, which knows what the kernel did. */
class EndsTest {
    private static final int CALLS = 20;
    private static final Duration WAIT = Duration.ofMillis(200);

    /** Each takes all that is there, up to 4,096 events. */
    private static final int ROUNDS = 10;

    /** uapi/asm-generic/signal.h */
    private static final int SIGHUP = 1;

    private static final int SIGINT = 2;
    private static final int SIGSEGV = 11;

    private final Map<Integer, List<ProcessView>> events = new HashMap<>();

    @TempDir
    private Path directory;

    @BeforeEach
    void need() throws Exception {
        RealKernel.need();
        String program = directory.resolve("ends").toString();
        Commands.run("gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", program, "src/test/c/ends.c");
    }

    @Test
    void eachEndIsToldAsItWas() throws Exception {
        List<String> truths = play();
        assertThat(truths).hasSize(3 * CALLS);
        for (String truth : truths) {
            String[] words = truth.split(" ", -1);
            judge(
                    truth,
                    words[0],
                    events.getOrDefault(Integer.parseInt(words[1]), List.of()),
                    Integer.parseInt(words[2]));
        }
    }

    @Test
    void aProcessWhoseFirstThreadHasEndedIsAliveWithItsExecutable() throws Exception {
        expectAliveWithItsExecutable();
    }

    @Test
    void aProcessOfWhichATracerKeepsManyEndedThreadsIsAliveWithItsExecutable() throws Exception {
        expectAliveWithItsExecutable("300");
    }

    private void expectAliveWithItsExecutable(String... arguments) throws Exception {
        Path program = directory.resolve("ends");
        Process process = new ProcessBuilder(Stream.concat(Stream.of(program.toString()), Stream.of(arguments))
                        .toList())
                .start();
        try (BufferedReader output = process.inputReader()) {
            int tgid = Integer.parseInt(output.readLine());
            List<ProcessView> alive = new ArrayList<>();
            EventHandler handler = EventHandler.of(
                    call -> {
                        // Only process events are judged here.
                    },
                    event -> {
                        if (event.tgid() == tgid) {
                            alive.add(event.snapshot());
                        }
                    });
            try (Capture capture = Capture.open(
                    CaptureConfig.builder().driver("ebpf").processEvents(true).build())) {
                for (int i = 0; i < ROUNDS; i++) {
                    capture.await(handler, 4096, WAIT);
                }
            }
            assertThat(alive).as("R16.5").singleElement().satisfies(event -> {
                assertThat(event.type()).isEqualTo(ProcessView.Type.ALIVE);
                assertThat(event.executable()).hasToString(program.toRealPath().toString());
                assertThat(event.inode()).isEqualTo(Files.getAttribute(program, "unix:ino"));
                assertThat(event.mountNamespace()).isNotZero();
            });
        } finally {
            process.destroyForcibly();
        }
    }

    /** The process ends in the image that its fork began, as no other one ever ran in it (R16.10). */
    private static void judge(String truth, String way, List<ProcessView> life, int known) {
        boolean isReboot = way.equals("reboot");
        assertThat(life)
                .as("%s", truth)
                .extracting(ProcessView::type)
                .isEqualTo(
                        isReboot
                                ? List.of(ProcessView.Type.FORK, ProcessView.Type.EXIT)
                                : List.of(ProcessView.Type.FORK, ProcessView.Type.EXEC_FAILED, ProcessView.Type.EXIT));
        assertThat(life)
                .as("%s: its image", truth)
                .extracting(ProcessView::processKey)
                .containsOnly(life.get(0).processKey());
        ProcessView last = life.get(life.size() - 1);
        if (isReboot) {
            assertThat(last.status()).as("R16.4: %s", truth).isEqualTo(known);
            assertThat(last.exitSignal()).as("R16.4: %s", truth).isIn(SIGHUP, SIGINT);
        } else {
            assertThat(last.exitSignal()).as("R16.4: %s", truth).isEqualTo(SIGSEGV);
            assertThat(life.get(1).tid()).as("R16.10: %s: the thread", truth).isEqualTo(known);
        }
    }

    private List<String> play() throws IOException, InterruptedException {
        EventHandler handler = new EventHandler() {
            @Override
            public void onEvent(EventView event) {
                // Only process events are judged here.
            }

            @Override
            public void onProcess(ProcessView event) {
                events.computeIfAbsent(event.tgid(), tgid -> new ArrayList<>()).add(event.snapshot());
            }
        };
        Path output = directory.resolve("truth");
        try (Capture capture = Capture.open(
                CaptureConfig.builder().driver("ebpf").processEvents(true).build())) {
            Process process = new ProcessBuilder(
                            directory.resolve("ends").toString(), directory.toString(), Integer.toString(CALLS))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            while (process.isAlive()) {
                capture.await(handler, 4096, WAIT);
            }
            assertThat(process.waitFor()).as("%s", Files.readString(output)).isZero();
            // Others go on, so there is no end of events.
            for (int i = 0; i < ROUNDS; i++) {
                capture.await(handler, 4096, WAIT);
            }
            CaptureStats stats = capture.stats();
            assertThat(stats.totalLost()).as("%s", stats).isZero();
            assertThat(stats.imbalance()).as("%s", stats).isZero();
        }
        return Files.readAllLines(output);
    }
}
