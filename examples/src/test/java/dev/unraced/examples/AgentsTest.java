// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples;

import static dev.unraced.linux.OpenFlags.O_CREAT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.recording.RecordingWriter;
import dev.unraced.sim.SimBuffer;
import dev.unraced.sim.SimCall;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.SimProcess;
import dev.unraced.sim.kernel.CallStep;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs each agent as its user starts it, on a recording: when that ends, so does the agent. */
class AgentsTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void record() {
        Path file = folder.resolve("calls.rec");
        SimKernel kernel = SimKernel.create();
        kernel.files().file("/bin/cat");
        try (Capture capture = kernel.capture(CaptureConfig.builder()
                        .driver("sim")
                        .processEvents(true)
                        .build());
                RecordingWriter writer = RecordingWriter.open(file, capture)) {
            SimProcess process = kernel.process("cat").user(0);
            process.execute("/bin/cat", "cat", "/etc/shadow");
            process.thread().openat("/etc/shadow").finish();
            process.thread().openat("/missing").finish();
            process.thread().openat("/tmp/new", O_CREAT, 0600).finish();
            process.thread().openat(process.coldBuffer("/etc/passwd")).finish();
            SimBuffer path = kernel.process("evil").buffer("/tmp/harmless");
            SimCall open = path.process().thread().openat(path).until(CallStep.COPY_PATH);
            path.write("/etc/passwd");
            open.finish();
            capture.poll(writer, 100);
        }
        System.setProperty("unraced.driver", "replay");
        System.setProperty("unraced.replay.file", file.toString());
    }

    @AfterEach
    void forget() {
        System.clearProperty("unraced.driver");
        System.clearProperty("unraced.replay.file");
    }

    @Test
    void thePlainOne() {
        assertThat(outputOf(PlainAgent::main))
                .startsWith("rewritten while the call ran: OpenEvent[")
                .contains("/etc/passwd");
    }

    @Test
    void theAlertingOne() {
        assertThat(outputOf(AlertingAgent::main))
                .contains("rewrote the path /tmp/harmless while it opened /etc/passwd");
    }

    @Test
    void theGuiceOne() {
        assertThat(outputOf(GuiceAgent::main)).isEqualTo("{OPENAT=1} failed, by replay\n");
    }

    @Test
    void theReactiveOne() {
        assertThat(outputOf(ReactiveAgent::main)).isEqualTo("created: /tmp/new\n");
    }

    @Test
    void theOneThatNamesPrograms() {
        assertThat(outputOf(ProgramAgent::main))
                .isEqualTo("/etc/shadow by /bin/cat: cat /etc/shadow\n  started by init\n");
    }

    @Test
    void theGuideShowsTheOneThatNamesPrograms() throws IOException {
        String source = Files.readString(Path.of("src/main/java/dev/unraced/examples/ProgramAgent.java"));

        assertThat(Files.readString(Path.of("../docs/embedding.md")))
                .contains("```java\n" + source.substring(source.indexOf("import ")) + "```");
    }

    @Test
    void theReadmeShowsThePlainOne() throws IOException {
        String source = Files.readString(Path.of("src/main/java/dev/unraced/examples/PlainAgent.java"));
        String shown = source.substring(source.indexOf("        try (Capture"));

        assertThat(Files.readString(Path.of("../README.md"))).contains(shown + "```");
    }

    private interface Agent {
        void start(String[] args);
    }

    private static String outputOf(Agent agent) {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            agent.start(new String[0]);
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
