// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.Mitigation;
import dev.unraced.sim.SimBuffer;
import dev.unraced.sim.SimCall;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.SimProcess;
import dev.unraced.sim.junit.SimConfig;
import dev.unraced.sim.kernel.CallStep;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Shows how an agent's author tests it: each test has a machine of its own, and starts an attack on it. */
@SimConfig
class AlertingAgentTest {
    private final List<String> alarms = new ArrayList<>();

    private void look(Capture capture) {
        new AlertingAgent(capture, alarms::add).look(0);
    }

    @Test
    void aPathThatIsRewrittenInMidCallIsAlarming(SimKernel kernel, Capture capture) {
        SimBuffer path = kernel.process("evil").buffer("/tmp/harmless");
        SimCall open = path.process().thread().openat(path).until(CallStep.COPY_PATH);
        path.write("/etc/passwd");
        open.finish();
        look(capture);

        assertThat(alarms)
                .singleElement()
                .asString()
                .matches("evil\\[\\d+] rewrote the path /tmp/harmless while it opened /etc/passwd");
    }

    @Test
    @SimConfig(mitigation = Mitigation.KERNEL)
    void underTheKernelsCopyThePathIsTheTrueOne(SimKernel kernel, Capture capture) {
        SimBuffer path = kernel.process("evil").buffer("/tmp/harmless");
        SimCall open = path.process().thread().openat(path).until(CallStep.COPY_PATH);
        path.write("/missing");
        open.finish();
        look(capture);

        assertThat(alarms)
                .singleElement()
                .asString()
                .contains("the path /missing")
                .endsWith("something that failed");
    }

    @Test
    void anAddressThatIsRewrittenInMidCallIsAlarming(SimKernel kernel, Capture capture) {
        SimProcess evil = kernel.process("evil");
        evil.listen("127.0.0.1", 80);
        SimBuffer address = evil.address("127.0.0.1", 80);
        int fd = evil.socket(2, 1, 0);
        SimCall connect = evil.thread().connect(fd, address).until(CallStep.WORK);
        address.write("another");
        connect.finish();
        look(capture);

        assertThat(alarms).singleElement().asString().endsWith("rewrote an address while it connected");
    }

    @Test
    void ordinaryCallsAndLinksAreNot(SimKernel kernel, Capture capture) {
        kernel.files().symlink("/etc/passwd", "/tmp/link");
        SimProcess cat = kernel.process("cat");
        cat.thread().openat("/tmp/link").finish();
        cat.thread().openat("/missing").finish();
        look(capture);

        assertThat(alarms).isEmpty();
        assertThat(capture.stats().delivered()).isEqualTo(2);
    }

    @Test
    void lostEventsAreAlarmingOnce() {
        SimKernel kernel = SimKernel.create();
        CaptureConfig small =
                CaptureConfig.builder().driver("sim").ringBytes(64 << 10).build();
        try (Capture capture = kernel.capture(small)) {
            SimProcess busy = kernel.process("busy");
            for (int i = 0; i < 1_000; i++) {
                busy.thread().openat("/etc/passwd").finish();
            }
            AlertingAgent agent = new AlertingAgent(capture, alarms::add);
            agent.look(0);
            agent.look(0);
        }

        assertThat(alarms).singleElement().asString().endsWith(" events were lost: RING_FULL");
    }
}
