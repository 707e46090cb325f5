// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.driver.ActorHost;
import dev.unraced.driver.ActorHost.Conversation;
import dev.unraced.selection.Drivers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the actions on sandboxes with a real sandbox. */
@Timeout(120)
class GvisorCommandTest {
    private static final String DRIVER = "gvisor";
    private static final String ROOT = "unraced.gvisor.root";
    private static final String ENDPOINT = "unraced.gvisor.endpoint";

    @TempDir
    private Path directory;

    private final Drivers drivers = Drivers.discover();
    private final ActorHost host = drivers.actorHost(DRIVER).orElseThrow();

    /** The exit code and the output of a command. */
    private record Outcome(int code, String out, String err) {}

    @BeforeEach
    void needDriver() {
        RunnableDriver.need(drivers.all().get(DRIVER), config(watched -> watched));
        CaptureConfig config = config(watched -> watched);
        System.setProperty(ROOT, config.section(DRIVER).string("root"));
        System.setProperty(ENDPOINT, directory.resolve("trace.sock").toString());
    }

    @AfterEach
    void forget() {
        System.clearProperty(ROOT);
        System.clearProperty(ENDPOINT);
    }

    private CaptureConfig config(UnaryOperator<CaptureConfigBuilder> more) {
        return more.apply(host.watched(CaptureConfig.builder().driver(DRIVER))).build();
    }

    private static Outcome run(String... arguments) {
        TestConsole test = new TestConsole();
        String[] all = new String[arguments.length + 1];
        all[0] = DRIVER;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        int code = UnracedCommand.run(test.console(), all);
        return new Outcome(code, test.out(), test.err());
    }

    private Capture listen() {
        return Capture.open(CaptureConfig.builder().driver(DRIVER).build());
    }

    private static void assertSays(Outcome outcome, int code, String... words) {
        assertThat(outcome.code()).as("%s", outcome).isEqualTo(code);
        for (String word : words) {
            assertThat(outcome.out() + outcome.err()).contains(word);
        }
    }

    /** Starts a sandbox, and returns its id. */
    private String start(Conversation actor) throws IOException {
        actor.commands().write("ready\n".getBytes(StandardCharsets.US_ASCII));
        actor.commands().flush();
        assertThat(actor.replies().read()).isEqualTo('o');
        return config(watched -> watched).section(DRIVER).strings("attach").get(0);
    }

    @Test
    void aSandboxIsAttachedToAndDetachedFrom() throws IOException {
        Conversation actor = host.actor();
        try {
            String id = start(actor);
            assertSays(run("status", id), 1, id + ": NOT watched: it has no trace session");
            assertSays(run("attach", id), 1, id + ": no capture listens on", "unraced watch --driver gvisor");
            try (Capture capture = listen()) {
                assertThat(capture.isOpen()).isTrue();
                assertSays(run("attach", id), 0, id + ": watched by the capture at " + directory.resolve("trace.sock"));
                assertSays(run("status", "--all"), 0, id + ": watched by the capture at", "0 frames dropped");
                assertSays(run("attach", id), 1, id + ": it has a trace session already", "gvisor detach");
                assertSays(run("attach", "--force", id), 0, id + ": watched by");
            }
            assertSays(run("status", id), 1, id + ": NOT watched: the capture that its trace session sends to is gone");
            try (Capture capture = listen()) {
                assertThat(capture.isOpen()).isTrue();
                assertSays(run("status", id), 1, "is gone", "gvisor attach " + id);
                assertSays(run("attach", "--all"), 0, id + ": watched by");
                AtomicReference<String> container = new AtomicReference<>("");
                run("status", id);
                actor.commands().write("bulk base=2f61 threads=1 calls=10\n".getBytes(StandardCharsets.US_ASCII));
                actor.commands().flush();
                while (container.get().isEmpty()) {
                    capture.await(event -> container.set(event.containerId().toString()), 100, 100_000_000);
                }
                assertThat(container).hasValue(id);
                assertSays(run("detach", id), 0, id + ": no longer watched");
                assertSays(run("detach", id), 0, id + ": was not watched");
                assertSays(run("status", id), 1, "it has no trace session");
            }
        } finally {
            actor.close();
        }
    }

    @Test
    void whatIsNotThereIsSaidWithARemedy() {
        assertSays(run("attach", "no-such-sandbox"), 1, "runsc knows no sandbox of that id", ROOT);
        assertSays(run("status", "no-such-sandbox"), 1, "runsc knows no sandbox of that id");
        assertSays(run("detach", "no-such-sandbox"), 1, "runsc knows no sandbox of that id");
        assertSays(run("status", "--all"), 0, "no sandbox runs");
        assertSays(run("status"), 2, "name sandboxes, or --all");
    }

    @Test
    void theSessionIsPrintedOrWritten() throws IOException {
        Outcome printed = run("config", "--endpoint", "/run/elsewhere.sock", "--fd-path", "reads", "--patience", "0s");
        assertSays(printed, 0, "\"endpoint\" : \"/run/elsewhere.sock\"", "syscall/read/enter", "\"retries\" : 0");
        assertThat(printed.out()).doesNotContain("ignore_setup_error");

        Path file = directory.resolve("made/for/it.json");
        assertSays(run("config", "--output", file.toString(), "--fd-path", "none", "--if-unwatched", "run"), 0);
        assertThat(Files.readString(file))
                .contains(
                        "\"ignore_setup_error\" : true",
                        directory.resolve("trace.sock").toString())
                .doesNotContain("syscall/close");
        assertSays(run("config", "--fd-path", "NOTHING"), 2, "none, close, reads");
    }
}
