// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.driver.ActorHost.Conversation;
import dev.unraced.event.Syscall;
import dev.unraced.gvisor.session.Runsc;
import dev.unraced.gvisor.session.RunscException;
import dev.unraced.gvisor.session.TraceConfig;
import dev.unraced.gvisor.session.TraceConfig.FdPath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests that the real runsc accepts the trace sessions. */
class SessionTest {

    @Test
    void runscHasEveryPointOfEverySession() throws Exception {
        SandboxActorHost host = new SandboxActorHost();
        RunnableDriver.need(
                new GvisorDriver(),
                host.watched(CaptureConfig.builder().driver(GvisorDriver.NAME)).build());
        Set<String> known = new HashSet<>(new Runsc("runsc", "").points());
        TraceConfig session = new TraceConfig(
                Path.of("/run/s.sock"), EnumSet.allOf(Syscall.class), FdPath.READS, Duration.ofSeconds(6), true, true);

        assertThat(known).containsAll(session.pointNames());
    }

    @Test
    void aCaptureLeavesNoSessionBehind() throws Exception {
        SandboxActorHost host = new SandboxActorHost();
        GvisorDriver driver = new GvisorDriver();
        RunnableDriver.need(
                driver,
                host.watched(CaptureConfig.builder().driver(GvisorDriver.NAME)).build());
        Conversation actor = host.actor();
        try {
            actor.commands().write("ready\n".getBytes(StandardCharsets.US_ASCII));
            actor.commands().flush();
            assertThat(actor.replies().read()).isEqualTo('o');
            CaptureConfig config = host.watched(CaptureConfig.builder().driver(GvisorDriver.NAME))
                    .build();
            GvisorSettings settings = GvisorSettings.of(config);
            Runsc runsc = new Runsc(settings.runsc(), settings.root());
            List<String> ids = runsc.running();
            try (Capture capture = driver.open(config)) {
                assertThat(capture.isOpen()).isTrue();
                assertThat(ids).hasSize(1).allMatch(id -> isTraced(runsc, id));
            }
            assertThat(ids).noneMatch(id -> isTraced(runsc, id));
            assertThat(settings.endpoint()).doesNotExist();
        } finally {
            actor.close();
        }
    }

    @Test
    void patienceIsTheSumOfThePauses() {
        assertThat(json(Duration.ZERO)).contains("\"retries\" : 0");
        // The pauses of 50 µs and its doubles up to 6.4 ms make 12.75 ms; then pauses of 10 ms follow.
        assertThat(json(Duration.ofMillis(12))).contains("\"retries\" : 8");
        assertThat(json(Duration.ofSeconds(6))).contains("\"retries\" : 607");
    }

    @Test
    void processEventsAskForMoreThanCallsDo() {
        List<String> points = List.of(
                "\"sentry/execve\"",
                "\"syscall/sysno/59/exit\"",
                "\"syscall/sysno/322/exit\"",
                "\"syscall/execve/enter\"",
                "\"syscall/execveat/exit\"",
                "\"thread_group_start_time\"");
        assertThat(session(Duration.ZERO, true)).contains(points);
        assertThat(session(Duration.ZERO, false)).doesNotContain(points);
    }

    private static String json(Duration patience) {
        return session(patience, false);
    }

    private static String session(Duration patience, boolean processEvents) {
        return new TraceConfig(Path.of("/s"), Set.of(Syscall.OPENAT), FdPath.NONE, patience, true, processEvents)
                .json();
    }

    private static boolean isTraced(Runsc runsc, String id) {
        try {
            return runsc.isTraced(id);
        } catch (RunscException e) {
            throw new AssertionError(e);
        }
    }
}
