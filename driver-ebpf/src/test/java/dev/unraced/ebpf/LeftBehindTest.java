// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** R13: after the process is killed, no program, map or link of the driver remains. */
class LeftBehindTest {
    private static final List<String> KINDS = List.of("prog", "map", "link");
    private static final Pattern ID = Pattern.compile("(prog|map|link)_id:\\s*(\\d+)");
    private static final Pattern LISTED = Pattern.compile("(?m)^(\\d+):");

    @BeforeEach
    void needDriver() {
        RealKernel.need();
    }

    @Test
    void nothingRemainsOfAKilledCapture() throws Exception {
        Process child = new ProcessBuilder(Commands.java(ChildCapture.class))
                .redirectErrorStream(true)
                .start();
        Set<String> held;
        try (BufferedReader output = child.inputReader()) {
            String said = output.readLine();
            while (said != null && !said.startsWith("open") && !said.startsWith("refused")) {
                said = output.readLine();
            }
            assertThat(said).isEqualTo("open ebpf");
            held = heldBy(child.pid());
            assertThat(held)
                    .anyMatch(object -> object.startsWith("prog"))
                    .anyMatch(object -> object.startsWith("map"))
                    .anyMatch(object -> object.startsWith("link"));
            assertThat(existing()).containsAll(held);
        } finally {
            child.destroyForcibly();
            child.waitFor();
        }
        // The kernel frees maps after a grace period.
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(existing()).doesNotContainAnyElementsOf(held));
    }

    /**
     * Returns the programs, maps and links that a process holds, such as "map 12", from the fdinfo of its descriptors.
     */
    static Set<String> heldBy(long pid) throws IOException {
        Set<String> held = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fdinfo"))) {
            for (Path file : files) {
                for (String line : Files.readAllLines(file)) {
                    Matcher matcher = ID.matcher(line);
                    if (matcher.matches()) {
                        held.add(matcher.group(1) + " " + matcher.group(2));
                    }
                }
            }
        }
        return held;
    }

    private static Set<String> existing() throws IOException, InterruptedException {
        Set<String> existing = new TreeSet<>();
        for (String kind : KINDS) {
            Matcher matcher = LISTED.matcher(Commands.run("bpftool", kind, "show"));
            while (matcher.find()) {
                existing.add(kind + " " + matcher.group(1));
            }
        }
        return existing;
    }
}
