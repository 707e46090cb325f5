// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.unraced.capture.Capture;
import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.ByteString;
import dev.unraced.event.SyscallEvent;
import dev.unraced.flow.CapturePublisher;
import dev.unraced.process.Ancestor;
import dev.unraced.process.ProcessSnapshot;
import dev.unraced.process.Program;
import dev.unraced.sim.junit.SimConfig;
import dev.unraced.sim.junit.SimExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests that an agent's test can let a process execute a program, and sees that program at the process's events. */
@ExtendWith(SimExtension.class)
class ExecutedProgramTest {

    private final List<Program> programs = new ArrayList<>();

    private void poll(Capture capture) {
        capture.poll(event -> programs.add(event.process().program()), 64);
    }

    @Test
    void anEventIsOfTheProgramThatTheProcessExecuted(SimKernel kernel) {
        kernel.files().file("/usr/bin/curl");
        SimProcess process = kernel.process("sh");
        try (Capture capture = kernel.capture(CaptureConfig.builder()
                .driver(SimDriver.NAME)
                .processEvents(true)
                .build())) {
            process.thread().openat("/etc/hostname").finish();
            process.execute("/usr/bin/curl", "curl", "-s");
            process.thread().openat("/etc/hostname").finish();
            poll(capture);
        }

        assertThat(programs).hasSize(2);
        assertThat(programs.get(0).executable()).isNotEqualTo(programs.get(1).executable());
        assertThat(programs.get(1).executable()).hasValue(ByteString.utf8("/usr/bin/curl"));
        assertThat(programs.get(1).argumentList()).containsExactly(ByteString.utf8("curl"), ByteString.utf8("-s"));
    }

    @Test
    @SimConfig(set = "process-events=on")
    void theCaptureOfATestGivesEachEventItsProcess(SimKernel kernel, Capture capture) {
        kernel.files().file("/usr/bin/curl");
        SimProcess child = kernel.process("sh").spawn("curl");
        child.execute("/usr/bin/curl", "curl", "-s");
        child.thread().openat("/etc/hostname").finish();
        List<ProcessSnapshot> seen = new ArrayList<>();
        capture.poll(event -> seen.add(event.process().snapshot()), 64);

        assertThat(seen).singleElement().satisfies(process -> {
            assertThat(process.program().commandLine()).isEqualTo("curl -s");
            assertThat(process.ancestors()).extracting(Ancestor::comm).contains(ByteString.utf8("sh"));
        });
    }

    @Test
    @SimConfig(set = "process-events=on")
    void subscribersOfAPublisherGetProgramsToo(SimKernel kernel, Capture capture) throws InterruptedException {
        kernel.files().file("/usr/bin/curl");
        SimProcess process = kernel.process("sh");
        process.execute("/usr/bin/curl", "curl", "-s");
        process.thread().openat("/etc/hostname").finish();
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        CapturePublisher.of(capture).subscribe(new Subscriber<>() {
            @Override
            public void onSubscribe(Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(SyscallEvent event) {
                seen.add(event.caller().process().orElseThrow().program().commandLine());
            }

            @Override
            public void onError(Throwable failure) {
                seen.add(failure.toString());
            }

            @Override
            public void onComplete() {}
        });

        assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo("curl -s");
        capture.close();
    }

    @Test
    void aChildHasItsParentsTerminalUntilItBeginsASession(SimKernel kernel) {
        List<String> terminals = new ArrayList<>();
        SimProcess shell = kernel.process("sh").terminal(136, 3);
        try (Capture capture = kernel.capture(CaptureConfig.builder()
                .driver(SimDriver.NAME)
                .processEvents(true)
                .build())) {
            shell.spawn("daemon").setsid().exec("daemon");
            capture.poll(
                    EventHandler.of(
                            event -> {},
                            event -> terminals.add(event.type() + " " + event.isTerminalKnown() + " "
                                    + event.terminalMajor() + ":" + event.terminalMinor())),
                    64);
        }

        assertThat(terminals).contains("ALIVE true 136:3", "FORK true 136:3", "EXEC true 0:0");
    }

    @Test
    void aProgramThatIsNotThereIsRefused(SimKernel kernel) {
        SimProcess process = kernel.process("sh");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> process.execute("/usr/bin/missing", "missing"))
                .withMessage("no file /usr/bin/missing");
    }
}
