// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unraced.config.CaptureConfig;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.format.JsonLines;
import dev.unraced.selection.Drivers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests {@code unraced run} as a user runs it, on the running kernel. */
@Timeout(120)
class RealRunTest {
    private static final String DRIVER = "ebpf";
    private static final int CHILDREN = 100;

    @TempDir
    private Path directory;

    @BeforeEach
    void needDriver() {
        RunnableDriver.need(
                Drivers.discover().all().get(DRIVER), CaptureConfig.builder().build());
    }

    @Test
    void everyOpenOfTheCommandAndItsDescendantsIsALineAndNobodyElses() throws Exception {
        Path file = directory.resolve("events");
        Path own = Files.createDirectory(directory.resolve("own"));
        // Children of children, at once, as another user and in another mount namespace.
        String script = "i=0; while [ $i -lt " + CHILDREN + " ]; do"
                + " (unshare -m setpriv --reuid 65534 --clear-groups cat " + own + "/missing$i 2>/dev/null; :) &"
                + " i=$((i + 1)); done; wait; exit 5";
        Thread bystander = new Thread(this::openOthers);
        bystander.setDaemon(true);
        bystander.start();
        int code = run("--json", "--output", file.toString(), "--", "sh", "-c", script);
        bystander.interrupt();

        assertThat(code).as(errors()).isEqualTo(5);
        assertThat(errors()).contains(" 0 lost", "balanced");
        List<String> opened = JsonLines.parse(Files.readString(file)).stream()
                .map(event -> String.valueOf(event.get("path")))
                .filter(path -> path.startsWith(directory.toString()))
                .toList();
        assertThat(opened)
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, CHILDREN)
                        .mapToObj(i -> own + "/missing" + i)
                        .toList());
    }

    @Test
    void theFirstCallsOfTheCommandAreThere() throws Exception {
        Path file = directory.resolve("events");
        assertThat(run("--json", "--output", file.toString(), "cat", "/etc/hostname"))
                .isZero();
        List<Map<String, Object>> events = JsonLines.parse(Files.readString(file));
        assertThat(events).isNotEmpty().allSatisfy(event -> assertThat(event).containsEntry("comm", "cat"));
        // The loader's first open of a dynamically linked program.
        assertThat(events.get(0)).containsEntry("path", "/etc/ld.so.cache");
    }

    @Test
    void aLinkOfRootsIsNoAlarmAndAnotherUsersIs() throws Exception {
        // This has to lead somewhere else by a link of the system's own, as /etc/os-release does on Debian.
        Path own = Path.of("/etc/os-release");
        assumeTrue(Files.isSymbolicLink(own), "there is no link " + own);
        Path report = Files.createSymbolicLink(directory.resolve("report"), own);
        Path file = directory.resolve("events");
        assertThat(run("--output", file.toString(), "--wide", "--", "cat", own.toString(), report.toString()))
                .isZero();
        List<String> lines = Files.readAllLines(file);
        assertThat(lines)
                .filteredOn(line -> line.contains("\"" + own + "\""))
                .singleElement()
                .asString()
                .endsWith(" by a link");
        assertThat(lines)
                .filteredOn(line -> line.contains("\"" + report + "\""))
                .singleElement()
                .asString()
                .endsWith(" DIFFERS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void aSignalBeforeTheCommandBeginsLeavesItOut(String signal) throws Exception {
        Path trace = directory.resolve("ran");
        Process process = JvmCommand.of(
                        List.of("-Dscripted.slow=open"), "run", "--driver", "scripted", "--", "touch", trace.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(directory.resolve("errors").toFile())
                .start();
        while (!errors().contains("scripted: open")) {
            assertThat(process.isAlive()).as(errors()).isTrue();
            Thread.sleep(20);
        }
        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();

        assertThat(process.waitFor()).as(errors()).isEqualTo(128 + (signal.equals("INT") ? 2 : 15));
        assertThat(errors()).contains("unraced: ended before the command was run");
        assertThat(trace).doesNotExist();
    }

    private void openOthers() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Files.readString(directory.resolve("of-somebody-else"));
            } catch (IOException e) {
                // It does not exist; the attempt is what counts.
            }
        }
    }

    private int run(String... words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("run", "--driver", DRIVER));
        all.addAll(List.of(words));
        Process process = JvmCommand.of(List.of(), all.toArray(String[]::new))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(directory.resolve("errors").toFile())
                .start();
        assertThat(process.waitFor(100, TimeUnit.SECONDS)).as(errors()).isTrue();
        return process.exitValue();
    }

    private String errors() throws IOException {
        return Files.readString(directory.resolve("errors"));
    }
}
