// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.ebpf.EbpfDriver;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import dev.unraced.process.ProcessImage;
import dev.unraced.process.ProcessTable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Makes many processes by {@code images.c}, whose opens name the process and the program that make them. */
@Timeout(180)
class ImagesTest {
    /** Nobody else on the machine has this user id, so the capture has the events of the program alone. */
    private static final int USER = 61_004;

    private static final Duration WAIT = Duration.ofMillis(200);
    private static final long RING = 64 << 20;

    private static final int CHAINS = 100;
    private static final int IMAGES = 50;
    private static final int OPENS = 20;

    private static final int BOMB = 50_000;
    private static final int STEP = 10_000;
    private static final int ALIVE = 64;
    /** The table forgets the first processes in the second step, so memory has to be flat from there. */
    private static final int STEADY = 2;
    /** The bytes that a heap may grow by from one step to the next: Java's own caches, and the test's. */
    private static final long SLACK = 1 << 20;

    @TempDir
    private Path directory;

    private Path program;
    private CaptureStats stats;
    private int known;

    @BeforeEach
    void need() throws Exception {
        RunnableDriver.need(new EbpfDriver(), CaptureConfig.builder().build());
        program = directory.resolve("images");
        run("gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", program.toString(), "src/test/c/images.c");
        run("chmod", "a+rx", directory.toString());
    }

    /** Compares the program of each open with the one that made it. */
    private final class Judge implements EventHandler {
        final Map<String, Integer> moments = new TreeMap<>();
        final List<String> wrong = new ArrayList<>();
        private final String prefix = directory + "/open/";
        private final Map<String, Long> inodes = new TreeMap<>();

        Judge() throws IOException {
            for (String copy : List.of("a", "b")) {
                Path file = Files.copy(program, directory.resolve(copy));
                inodes.put(copy, (Long) Files.getAttribute(file, "unix:ino"));
            }
        }

        @Override
        public void onEvent(EventView event) {
            String path = event.isOpenLike() ? event.path().toByteString().toUtf8() : "";
            if (!path.startsWith(prefix)) {
                return;
            }
            String[] truth = path.substring(prefix.length()).split("/", -1);
            moments.merge(truth[3], 1, Integer::sum);
            String program = truth[2];
            ProcessImage image = event.process().image();
            String said = image == null
                    ? event.process().toString()
                    : image.tgid() + " " + image.program().inode() + " "
                            + image.program().commandLine();
            String file = directory + "/" + program;
            String done = "%s %d %s image %s %s %d %d"
                    .formatted(truth[0], inodes.get(program), file, directory, truth[1], IMAGES, OPENS);
            if (!said.equals(done) || event.tgid() != Integer.parseInt(truth[0])) {
                wrong.add(path + ": " + said);
            }
        }
    }

    /** Counts process events, and tells of each fork. */
    private static final class Counter implements EventHandler {
        final Map<ProcessView.Type, Integer> types = new EnumMap<>(ProcessView.Type.class);
        private final IntConsumer afterFork;

        Counter(IntConsumer afterFork) {
            this.afterFork = afterFork;
        }

        @Override
        public void onEvent(EventView event) {
            // Only process events are counted here.
        }

        @Override
        public void onProcess(ProcessView event) {
            int count = types.merge(event.type(), 1, Integer::sum);
            if (event.type() == ProcessView.Type.FORK) {
                afterFork.accept(count);
            }
        }
    }

    @Test
    void eachOpenAroundAnExecHasTheProgramThatMadeIt() throws Exception {
        Judge judge = new Judge();
        play(judge, "opens", directory.toString(), CHAINS + "", IMAGES + "", OPENS + "");

        int opens = judge.moments.values().stream().mapToInt(n -> n).sum();
        System.out.println(opens + " opens around " + CHAINS * IMAGES + " execs: " + judge.wrong.size()
                + " wrong; by moment: " + judge.moments);
        assertThat(judge.wrong).as("R16.6").isEmpty();
        assertThat(judge.moments.get("after") + judge.moments.get("before")).isEqualTo(CHAINS * IMAGES * OPENS);
        for (String moment : List.of("forked", "vforked")) {
            assertThat(judge.moments.get(moment)).as(moment).isEqualTo(CHAINS * IMAGES);
        }
        assertThat(judge.moments.get("dying")).isGreaterThanOrEqualTo(CHAINS * IMAGES);
        assertThat(stats.totalLost()).as("%s", stats).isZero();
        assertThat(stats.imbalance()).as("%s", stats).isZero();
    }

    @Test
    void aForkBombKeepsTheAccountsBalancedAndMemoryFlat() throws Exception {
        List<Long> heaps = new ArrayList<>();
        Counter counter = new Counter(forks -> {
            if (forks % STEP == 0) {
                System.gc();
                heaps.add(
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
            }
        });
        play(counter, "bomb", BOMB + "", ALIVE + "");

        System.out.println("Fork bomb: " + counter.types + ", lost " + stats.totalLost() + ", heap after each " + STEP
                + ": " + heaps + ", known " + known);
        // This process's fork is an event whatever the filters, as a child is another process (R16.7).
        assertThat(counter.types)
                .as("R16.1: %s", stats)
                .containsEntry(ProcessView.Type.FORK, BOMB + 1)
                .containsEntry(ProcessView.Type.EXIT, BOMB + 1);
        assertThat(stats.totalLost()).as("%s", stats).isZero();
        assertThat(stats.imbalance()).as("%s", stats).isZero();
        assertThat(heaps).hasSize(BOMB / STEP);
        for (long heap : heaps.subList(STEADY, heaps.size())) {
            assertThat(heap).as("%s", heaps).isLessThan(heaps.get(STEADY - 1) + SLACK);
        }
        assertThat(known)
                .isBetween(
                        ProcessTable.REMEMBERED,
                        ProcessTable.REMEMBERED + counter.types.get(ProcessView.Type.ALIVE) + 1);
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s", output).isZero();
    }

    private void play(EventHandler handler, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups", program.toString()));
        command.addAll(List.of(arguments));
        Path output = directory.resolve("output");
        try (Capture capture = Capture.open(CaptureConfig.builder()
                .driver("ebpf")
                .processEvents(true)
                .uids(USER)
                .ringBytes(RING)
                .build())) {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            while (process.isAlive()) {
                capture.await(handler, 4096, WAIT);
            }
            assertThat(process.waitFor()).as("%s", Files.readString(output)).isZero();
            int more;
            do {
                more = capture.await(handler, 4096, WAIT);
            } while (more > 0);
            stats = capture.stats();
            known = Objects.requireNonNull(capture.processTable()).known();
        }
    }
}
