// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.EventFlag;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks that what a neighbour does to objects of its own, by {@code neighbours.c}, leaves no mark on the events of
 * others (R2.41).
 */
@Timeout(120)
class NeighboursTest {
    private static final long HONEST = 61_003;
    private static final long HOSTILE = 61_002;
    private static final int REFUSED_MODE = 0777;
    private static final int ENTRIES = 4;
    private static final long RING = 8 << 20;
    private static final Duration WAIT = Duration.ofMillis(200);

    private final List<SyscallEvent> all = new ArrayList<>();
    private List<String> lines = List.of();

    @TempDir
    private Path directory;

    @BeforeEach
    void need() throws Exception {
        RealKernel.need();
        String program = directory.resolve("neighbours").toString();
        Commands.run("gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", program, "src/test/c/neighbours.c");
        Commands.run("chmod", "a+rx", directory.toString());
    }

    @Test
    void aCrowdOfSocketsLeavesTheConnectsOfOthersUnmarked() throws Exception {
        CaptureConfig config =
                CaptureConfig.builder().driver("ebpf").uids(HONEST).build();
        List<SyscallEvent> connects = play(config, "crowd", "beside").stream()
                .filter(event -> event.call().syscall() == Syscall.CONNECT)
                .toList();

        assertThat(connects)
                .hasSize(40)
                .allSatisfy(event -> assertThat(event.flags())
                        .as("R2.43: %s", event)
                        .contains(EventFlag.HAS_SOCKET)
                        .doesNotContain(EventFlag.SOCKET_SHARED));
    }

    @Test
    void aFloodOfWaitingCallsLeavesTheRefusedCallsOfOthersKnown() throws Exception {
        List<SyscallEvent> before = refused("before");
        assumeTrue(
                before.stream().allMatch(event -> event.flags().contains(EventFlag.NOT_EXECUTED)),
                "this kernel lets nobody prove that a call did not run");

        assertThat(before).hasSize(3);
        for (String moment : List.of("beside", "after")) {
            assertThat(refused(moment))
                    .as("R3.5: %s the flood", moment)
                    .hasSize(3)
                    .allSatisfy(event -> assertThat(event.flags())
                            .contains(EventFlag.NOT_EXECUTED)
                            .doesNotContain(EventFlag.EXECUTION_UNKNOWN));
        }
        assertThat(all)
                .as("R3.5: calls that ran")
                .filteredOn(event -> event.caller().uid() == HOSTILE)
                .hasSizeGreaterThan(4_096)
                .noneMatch(event -> event.flags().contains(EventFlag.NOT_EXECUTED)
                        || event.flags().contains(EventFlag.EXECUTION_UNKNOWN));
    }

    private List<SyscallEvent> refused(String moment) throws Exception {
        if (lines.isEmpty()) {
            play(
                    CaptureConfig.builder()
                            .driver("ebpf")
                            .uids(HONEST, HOSTILE)
                            .stashEntries(ENTRIES)
                            .ringBytes(RING)
                            .build(),
                    "flood",
                    moment);
        }
        return of(moment).stream()
                .filter(event ->
                        event instanceof OpenEvent open && open.how().value().mode() == REFUSED_MODE)
                .toList();
    }

    /** Returns the events of the processes that the program names for this moment. */
    private List<SyscallEvent> of(String moment) {
        Set<Integer> tids = Set.copyOf(lines.stream()
                .filter(line -> line.startsWith(moment + " "))
                .map(line -> Integer.parseInt(line.substring(moment.length() + 1)))
                .toList());
        return all.stream().filter(event -> tids.contains(event.caller().tid())).toList();
    }

    private List<SyscallEvent> play(CaptureConfig config, String what, String moment)
            throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        try (Capture capture = Capture.open(config)) {
            Process process = new ProcessBuilder(directory.resolve("neighbours").toString(), what, directory.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            while (process.isAlive()) {
                capture.await(event -> all.add(event.snapshot()), 4096, WAIT);
            }
            assertThat(process.waitFor()).as("%s", Files.readString(output)).isZero();
            int more;
            do {
                more = capture.await(event -> all.add(event.snapshot()), 4096, WAIT);
            } while (more > 0);
            CaptureStats stats = capture.stats();
            assertThat(stats.totalLost()).as("%s", stats).isZero();
            assertThat(stats.imbalance()).as("%s", stats).isZero();
        }
        lines = Files.readAllLines(output);
        return of(moment);
    }
}
