// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.gvisor.session.Runsc;
import dev.unraced.gvisor.session.RunscException;
import dev.unraced.gvisor.session.TraceConfig;
import dev.unraced.gvisor.session.TraceConfig.FdPath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Starts real sandboxes that no capture watches: runsc reports success each time. */
@Timeout(120)
class UnwatchedTest {
    private static final Logger LOG = (Logger) LoggerFactory.getLogger("dev.unraced.gvisor");

    @TempDir
    Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        RunnableDriver.need(
                new GvisorDriver(),
                new SandboxActorHost()
                        .watched(CaptureConfig.builder().driver(GvisorDriver.NAME))
                        .build());
        log.start();
        LOG.addAppender(log);
    }

    @AfterEach
    void listenNoMore() {
        LOG.detachAppender(log);
    }

    private CaptureConfigBuilder config(RealSandboxes sandboxes) {
        return CaptureConfig.builder()
                .driver(GvisorDriver.NAME)
                .set("gvisor.endpoint", sandboxes.endpoint().toString())
                .set("gvisor.root", sandboxes.root().toString())
                .set("gvisor.first-frame-timeout", "500ms");
    }

    private String session(RealSandboxes sandboxes, boolean requireMonitor) {
        return new TraceConfig(
                        sandboxes.endpoint(),
                        config(sandboxes).build().syscalls(),
                        FdPath.CLOSE,
                        Duration.ofSeconds(6),
                        requireMonitor,
                        false)
                .json();
    }

    /** Returns a session with a point that runsc lacks, for which it sends no frame. */
    private String withoutAPoint(RealSandboxes sandboxes) {
        return session(sandboxes, true).replace("\"syscall/openat/enter\"", "\"syscall/openat2/enter\"");
    }

    private boolean isWarnedOf(String words) {
        return log.list.stream()
                .anyMatch(event -> event.getLevel() == Level.WARN
                        && event.getFormattedMessage().contains(words));
    }

    @Test
    void aSessionWithAPointThatRunscLacksIsWarnedOf() throws Exception {
        try (RealSandboxes sandboxes = new RealSandboxes(folder);
                Capture capture = new GvisorDriver().open(config(sandboxes).build())) {
            String wrong = withoutAPoint(sandboxes);

            assertThat(sandboxes.start("unwatched", "exec sleep 300", Map.of(), sandboxes.session(wrong)))
                    .as("runsc says nothing: %s", sandboxes.log())
                    .isZero();

            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> isWarnedOf("unwatched") && isWarnedOf("unraced gvisor config"));
            assertThat(capture.stats().returned()).isZero();
            assertThat(sandboxes.runsc().isTraced("unwatched")).isFalse();
        }
    }

    @Test
    void withoutACaptureASandboxDoesNotStartUnlessItMayRunUnwatched() throws Exception {
        try (RealSandboxes sandboxes = new RealSandboxes(folder)) {
            Path refuse = sandboxes.session(session(sandboxes, true));
            assertThat(sandboxes.start("refused", "exec sleep 300", Map.of(), refuse))
                    .isNotZero();
            assertThat(sandboxes.log()).contains("connect(\"" + sandboxes.endpoint() + "\")");
            assertThat(sandboxes.runsc().running()).isEmpty();

            Path run = sandboxes.session(session(sandboxes, false));
            assertThat(sandboxes.start("running", "exec sleep 300", Map.of(), run))
                    .as(sandboxes.log())
                    .isZero();
            assertThat(sandboxes.runsc().running()).containsExactly("running");
            assertThat(sandboxes.runsc().peers("running")).noneMatch(peer -> peer.isThere());
            assertThat(sandboxes.runsc().isTraced("running")).isFalse();

            // Such a sandbox does not connect by itself when a capture starts; the capture has to attach to it.
            try (Capture capture = new GvisorDriver()
                    .open(config(sandboxes)
                            .set("gvisor.attach", GvisorSettings.ALL)
                            .build())) {
                assertThat(capture.isOpen()).isTrue();
                assertThat(sandboxes.runsc().isTraced("running")).isTrue();
            }
        }
    }

    @Test
    void aSandboxThatIsWatchedIsNotWarnedOf() throws Exception {
        try (RealSandboxes sandboxes = new RealSandboxes(folder);
                Capture capture = new GvisorDriver().open(config(sandboxes).build())) {
            Path session = sandboxes.session(session(sandboxes, true));
            assertThat(sandboxes.start("first", "exec sleep 300", Map.of(), session))
                    .as(sandboxes.log())
                    .isZero();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> capture.stats().returned() > 0);
            // A later sandbox without a frame has been warned of, so the first one's time was over before.
            Path wrong = sandboxes.session(withoutAPoint(sandboxes));
            assertThat(sandboxes.start("later", "exec sleep 300", Map.of(), wrong))
                    .as(sandboxes.log())
                    .isZero();
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> isWarnedOf("Sandbox 2 "));
            assertThat(isWarnedOf("Sandbox 1 ")).as("%s", log.list).isFalse();
        }
    }

    @Test
    void aSandboxThatIsStoppedHoldsUpNobodyForEver() throws Exception {
        try (RealSandboxes sandboxes = new RealSandboxes(folder);
                Capture capture = new GvisorDriver().open(config(sandboxes).build())) {
            Path session = sandboxes.session(session(sandboxes, true));
            assertThat(sandboxes.start("stopped", "exec sleep 300", Map.of(), session))
                    .as(sandboxes.log())
                    .isZero();
            long pid = sandboxes.pid("stopped");
            Runsc runsc = new Runsc("runsc", sandboxes.root().toString(), Duration.ofSeconds(3));
            assertThat(runsc.isTraced("stopped")).isTrue();
            signal(pid, "STOP");
            try {
                RunscException late = catchThrowableOfType(RunscException.class, () -> runsc.isTraced("stopped"));
                assertThat(late.isLate()).as(late.getMessage()).isTrue();
            } finally {
                signal(pid, "CONT");
            }
            assertThat(runsc.isTraced("stopped")).isTrue();
            assertThat(capture.isOpen()).isTrue();
        }
    }

    private static void signal(long pid, String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void theSessionOfACaptureThatIsGoneIsReplaced() throws Exception {
        try (RealSandboxes sandboxes = new RealSandboxes(folder)) {
            try (Capture first = new GvisorDriver().open(config(sandboxes).build())) {
                Path session = sandboxes.session(session(sandboxes, true));
                assertThat(sandboxes.start("orphan", "exec sleep 300", Map.of(), session))
                        .as(sandboxes.log())
                        .isZero();
                assertThat(first.isOpen()).isTrue();
                assertThat(sandboxes.runsc().isAbandoned("orphan")).isFalse();
            }
            assertThat(sandboxes.runsc().isTraced("orphan")).isTrue();
            assertThat(sandboxes.runsc().isAbandoned("orphan")).isTrue();

            try (Capture second = new GvisorDriver()
                    .open(config(sandboxes).set("gvisor.attach", "orphan").build())) {
                assertThat(second.isOpen()).isTrue();
                assertThat(sandboxes.runsc().isAbandoned("orphan")).isFalse();
            }
            assertThat(sandboxes.runsc().isTraced("orphan")).isFalse();
        }
    }
}
