// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.config.CaptureConfig;
import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.event.ByteString;
import dev.unraced.selection.Drivers;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the command as a user runs it, on the running kernel. */
@Timeout(300)
class RealWatchTest {
    private static final String DRIVER = "ebpf";
    private static final int CALLS = 500_000;
    private static final int WARM_UP_BATCHES = 10;
    private static final int WARM_UP_CALLS = 20_000;
    private static final int LEAST_LINE_BYTES = 500;
    private static final String PATH = "/nowhere/unraced-real-watch";
    private static final String PATH_FIELD = "\"path\":\"" + PATH + "/";

    @TempDir
    private Path directory;

    @BeforeEach
    void needDriver() {
        RunnableDriver.need(
                Drivers.discover().all().get(DRIVER), CaptureConfig.builder().build());
    }

    @Test
    void everyCallOfHalfAMillionIsALineAndNoneIsLost() throws Exception {
        Path lines = directory.resolve("lines");
        Path errors = directory.resolve("errors");
        try (Actor actor = Actor.start()) {
            Process watch = JvmCommand.of(
                            List.of(),
                            "watch",
                            "--json",
                            "--driver",
                            DRIVER,
                            "--tgid",
                            Integer.toString(actor.tgid()),
                            // The ring has room for all events, since the speed of writing lines is a matter of
                            // benchmarks.
                            "-o",
                            "ring-bytes=256MiB")
                    .redirectOutput(lines.toFile())
                    .redirectError(errors.toFile())
                    .start();
            warmUp(actor, watch, lines);
            bulk(actor, CALLS, 0);
            watch.destroy();
            assertThat(watch.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(watch.exitValue()).as(Files.readString(errors)).isZero();
        }

        assertThat(Files.readString(errors)).contains(" 0 lost", "balanced");
        assertThat(tagsIn(lines).cardinality()).isEqualTo(CALLS);
    }

    /** No process has this number, which is the kernel's bound of them. */
    @Test
    void aProcessThatDoesNotLiveIsAnError() {
        TestConsole console = new TestConsole();
        assertThat(UnracedCommand.run(console.console(), "watch", "--driver", DRIVER, "--pid", "4194304"))
                .isEqualTo(2);
        assertThat(console.err()).contains("--pid: no process 4194304");
        assertThat(console.out()).isEmpty();
    }

    /** Makes calls in batches that each fit into the ring, until compiled code awaits the half million. */
    private static void warmUp(Actor actor, Process watch, Path lines) throws IOException, InterruptedException {
        long tag = CALLS;
        while (Files.size(lines) == 0 && watch.isAlive()) {
            bulk(actor, 1, tag++);
        }
        for (int batch = 0; batch < WARM_UP_BATCHES; batch++) {
            long before = Files.size(lines);
            bulk(actor, WARM_UP_CALLS, tag);
            tag += WARM_UP_CALLS;
            while (Files.size(lines) < before + (long) WARM_UP_CALLS * LEAST_LINE_BYTES && watch.isAlive()) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
    }

    /** Returns the tags of the half million, each of which must come once. */
    private static BitSet tagsIn(Path lines) throws IOException {
        BitSet seen = new BitSet(CALLS);
        try (BufferedReader reader = Files.newBufferedReader(lines, StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                int at = line.indexOf(PATH_FIELD);
                if (at < 0) {
                    continue;
                }
                int start = at + PATH_FIELD.length();
                int tag = Integer.parseInt(line, start, line.indexOf('"', start), 10);
                if (tag < CALLS) {
                    assertThat(seen.get(tag))
                            .as("a second event for call %s", tag)
                            .isFalse();
                    seen.set(tag);
                }
            }
        }
        return seen;
    }

    private static void bulk(Actor actor, int calls, long tag) {
        actor.ask(Command.of("bulk")
                .with("base", ByteString.utf8(PATH))
                .with("threads", 1)
                .with("calls", calls)
                .with("tag", tag));
    }
}
