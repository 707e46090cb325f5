// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.ebpf.EbpfDriver;
import dev.unraced.ebpf.libbpf.Machine;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Origin;
import dev.unraced.event.ProcessView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Checks calls of {@code evasions.c}, whose events another program could have misreported. */
@Timeout(120)
class EvasionsTest {
    /** Nobody else on the machine has this user id. */
    private static final int USER = 61_005;

    private static final int ROOT = 0;
    private static final int EXECS = 20;
    private static final int STASH = 64;
    private static final Duration WAIT = Duration.ofMillis(200);

    @TempDir
    private Path directory;

    private Path program;
    private boolean isForgotten;

    @BeforeEach
    void need() throws Exception {
        RunnableDriver.need(new EbpfDriver(), CaptureConfig.builder().build());
        program = directory.resolve("evasions");
        finish(start("gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-o", program.toString(), "src/test/c/evasions.c"));
        finish(start("chmod", "a+rx", directory.toString()));
    }

    /** Keeps the failed execs, and counts all process events. */
    private static final class Processes implements EventHandler {
        final Map<ProcessView.Type, Integer> types = new EnumMap<>(ProcessView.Type.class);
        final List<String> failed = new ArrayList<>();

        @Override
        public void onEvent(EventView event) {
            // Calls are not judged here.
        }

        @Override
        public void onProcess(ProcessView event) {
            types.merge(event.type(), 1, Integer::sum);
            if (event.type() == ProcessView.Type.EXEC_FAILED) {
                failed.add(event.path().toByteString().toUtf8());
            }
        }
    }

    @Test
    void anExecWhoseReturnATracerHidesIsNoFailedExecOfALaterOne() throws Exception {
        assumeTrue(Machine.localArchitecture().equals("x86_64"), "the tracer knows the registers of x86_64");
        Path other = Files.copy(program, directory.resolve("other"));
        Processes processes = new Processes();
        CaptureStats stats = run(
                CaptureConfig.builder().processEvents(true).executables(program.toString()),
                processes,
                "hide",
                EXECS + "",
                other.toString());

        assertThat(processes.failed).as("R16.10").isEmpty();
        // This process's fork is an event whatever the filters, as a child is another process (R16.7).
        assertThat(processes.types).as("%s", stats).containsEntry(ProcessView.Type.FORK, EXECS + 1);
        assertThat(stats.totalLost()).as("%s", stats).isZero();
        assertThat(stats.imbalance()).as("%s", stats).isZero();
    }

    @Test
    void aForgottenRequestOfAPolledRingHasTheUserOfItsRing() throws Exception {
        assertThat(usersOfPolledOpen(USER)).as("R1.14").containsExactly((long) USER);
        assertThat(isForgotten).as("EVICTED").isTrue();
    }

    @Test
    void aFilterLeavesOutSuchARequestByTheUserOfItsRing() throws Exception {
        assertThat(usersOfPolledOpen(ROOT)).as("R1.10").isEmpty();
    }

    /** Returns the users of the events of the open, with a filter by user. */
    private List<Long> usersOfPolledOpen(int filter) throws Exception {
        String file = Files.createFile(directory.resolve("file")).toString();
        List<Long> users = new ArrayList<>();
        EventHandler handler = event -> {
            if (event.isOpenLike()
                    && event.origin() == Origin.IO_URING
                    && event.resolvedPath().toByteString().toUtf8().equals(file)) {
                users.add(event.uid());
                isForgotten = event.has(EventFlag.EVICTED);
            }
        };
        run(CaptureConfig.builder().uids(filter).stashEntries(STASH), handler, "polled", file, USER + "");
        return users;
    }

    /** Keeps for each exec of a file that begins with the program's name whether its path may lie elsewhere. */
    private static final class Marks implements EventHandler {
        final Map<String, Boolean> marks = new TreeMap<>();

        @Override
        public void onEvent(EventView event) {
            // Calls are not judged here.
        }

        @Override
        public void onProcess(ProcessView event) {
            String path = event.path().toByteString().toUtf8();
            String name = path.substring(path.lastIndexOf('/') + 1);
            if (name.startsWith("evasions-")) {
                marks.put(
                        event.type() + " " + name.substring("evasions-".length()),
                        event.has(EventFlag.FOREIGN_MOUNT_NS));
            }
        }
    }

    @Test
    void anExecTellsThatItsPathStartsInAnotherMountNamespace() throws Exception {
        Map<String, Boolean> expected = new TreeMap<>();
        for (String place : List.of("own", "absolute", "descriptor", "directory", "root")) {
            Path script = directory.resolve("evasions-" + place + "-script");
            Files.writeString(script, "#!/bin/sh\n");
            assertThat(script.toFile().setExecutable(true)).isTrue();
            boolean elsewhere = !place.equals("own") && !place.equals("absolute");
            expected.put("EXEC " + place + "-script", elsewhere);
            expected.put("EXEC_FAILED " + place + "-failed", elsewhere);
        }
        Marks marks = new Marks();
        run(CaptureConfig.builder().processEvents(true), marks, "elsewhere", directory.toString());

        assertThat(marks.marks).as("R2.46").isEqualTo(expected);
    }

    private CaptureStats run(CaptureConfigBuilder config, EventHandler handler, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        try (Capture capture = Capture.open(config.driver("ebpf").build())) {
            Process process = start(command.toArray(String[]::new));
            while (process.isAlive()) {
                capture.await(handler, 4096, WAIT);
            }
            finish(process);
            int more;
            do {
                more = capture.await(handler, 4096, WAIT);
            } while (more > 0 && capture.stats().pending() > 0);
            return capture.stats();
        }
    }

    private Process start(String... command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }

    private void finish(Process process) throws IOException, InterruptedException {
        assertThat(process.waitFor())
                .as("%s", Files.readString(directory.resolve("output")))
                .isZero();
    }
}
