// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Provenance;
import dev.unraced.linux.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attacks what the event of an exec says, by {@code execs.c}, which knows what the kernel did. */
class ExecAttacksTest {
    private static final int CALLS = 100;
    private static final Duration WAIT = Duration.ofMillis(200);

    /** Each takes all that is there, up to 4,096 events. */
    private static final int ROUNDS = 10;

    private final Map<Integer, List<ProcessView>> events = new HashMap<>();
    /** By attack: the calls, and those of them in which the kernel took the attacker's version. */
    private final Map<String, int[]> counts = new HashMap<>();

    @TempDir
    private Path directory;

    /** One call, and what the kernel did. */
    private record Truth(String attack, int tgid, String what) {
        static Truth of(String line) {
            String[] words = line.split(" ", -1);
            return new Truth(words[0], Integer.parseInt(words[1]), words[2]);
        }

        boolean isOfASecondThread() {
            return attack.equals("thread");
        }
    }

    @BeforeEach
    void need() throws Exception {
        RealKernel.need();
        String program = directory.resolve("execs").toString();
        Commands.run("gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", program, "src/test/c/execs.c");
        Files.createSymbolicLink(directory.resolve("a"), Path.of("/bin/true"));
        Files.createSymbolicLink(directory.resolve("b"), Path.of("/bin/false"));
        Files.createSymbolicLink(directory.resolve("i"), Path.of("/bin/true"));
        Files.createFile(directory.resolve("n"));
        Files.writeString(directory.resolve("s"), "#!" + directory + "/i\n");
        assertThat(directory.resolve("s").toFile().setExecutable(true)).isTrue();
    }

    @Test
    void noAttackMakesAnEventLie() throws Exception {
        List<Truth> truths = play();
        assertThat(truths).hasSize(8 * CALLS);
        for (Truth truth : truths) {
            List<ProcessView> attempts = events.getOrDefault(truth.tgid(), List.of()).stream()
                    .filter(event ->
                            event.type() == ProcessView.Type.EXEC || event.type() == ProcessView.Type.EXEC_FAILED)
                    .toList();
            assertThat(attempts).as("%s", truth).hasSize(1);
            judge(truth, attempts.get(0));
        }
        assertThat(counts)
                .allSatisfy((attack, wonOf) -> assertThat(wonOf[1])
                        .as("calls of %s in which the attacker's version was taken, of %d", attack, wonOf[0])
                        .isPositive());
    }

    private void judge(Truth truth, ProcessView event) throws IOException {
        if (event.type() == ProcessView.Type.EXEC_FAILED) {
            judgeFailure(truth, event);
            return;
        }
        assertThat(event.tid() != event.tgid()).as("%s", truth).isEqualTo(truth.isOfASecondThread());
        assertThat(event.hasCredentialsBefore()).as("%s", truth).isTrue();
        switch (truth.attack()) {
            case "flip", "thread", "vfork", "absent" -> {
                assertThat(event.path().toByteString()).as("%s", truth).isEqualTo(path(truth.what()));
                assertThat(event.inode()).as("%s", truth).isEqualTo(inode(truth.what()));
                if (!truth.attack().equals("absent")) {
                    count(truth.attack(), truth.what().equals("b"));
                }
            }
            case "script" -> {
                assertThat(event.path().toByteString()).as("%s", truth).isEqualTo(path("s"));
                assertThat(event.interpreter().toByteString()).as("%s", truth).isEqualTo(path("i"));
                assertThat(event.inode()).as("%s", truth).isEqualTo(inode(truth.what()));
                count("script", truth.what().equals("b"));
            }
            case "arguments" -> {
                assertThat(event.arguments().toByteString())
                        .as("%s", truth)
                        .isEqualTo(ByteString.utf8("first\0rewrite\0third\0"));
                assertThat(event.path().toByteString()).as("%s", truth).isEqualTo(ByteString.utf8("/proc/self/exe"));
                assertThat(event.executable().toByteString())
                        .as("%s", truth)
                        .isEqualTo(ByteString.utf8(directory.toRealPath() + "/execs"));
            }
            default -> throw new AssertionError("an exec that was to fail: " + truth);
        }
    }

    private void judgeFailure(Truth truth, ProcessView event) {
        int error = Integer.parseInt(truth.what());
        assertThat(event.result()).as("%s", truth).isEqualTo(-error);
        assertThat(event.pathIntegrity()).as("%s", truth).isIn(Integrity.UNCHECKED, Integrity.CHANGED);
        if (truth.attack().equals("absent-failed")) {
            assertThat(event.path().toByteString()).as("%s", truth).isEqualTo(path("m"));
            assertThat(event.pathProvenance()).as("%s", truth).isEqualTo(Provenance.EXIT);
            assertThat(event.has(EventFlag.FAULTED)).as("%s", truth).isTrue();
            return;
        }
        assertThat(truth.attack()).isEqualTo("failed");
        // The snapshot may be another version than the kernel's, so it is no proof; but it is one of the two.
        assertThat(event.path().toByteString()).as("%s", truth).isIn(path("m"), path("n"));
        assertThat(event.pathProvenance()).as("%s", truth).isEqualTo(Provenance.ENTER);
        assertThat(error).as("%s", truth).isIn(Errno.ENOENT, Errno.EACCES);
        count("failed", error == Errno.EACCES);
    }

    private void count(String attack, boolean won) {
        int[] wonOf = counts.computeIfAbsent(attack, name -> new int[2]);
        wonOf[0]++;
        wonOf[1] += won ? 1 : 0;
    }

    private ByteString path(String name) {
        return ByteString.utf8(directory + "/" + name);
    }

    private long inode(String name) throws IOException {
        return (long) Files.getAttribute(directory.resolve(name), "unix:ino");
    }

    private List<Truth> play() throws IOException, InterruptedException {
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
                            directory.resolve("execs").toString(), directory.toString(), Integer.toString(CALLS))
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
        return Files.readAllLines(output).stream().map(Truth::of).toList();
    }
}
