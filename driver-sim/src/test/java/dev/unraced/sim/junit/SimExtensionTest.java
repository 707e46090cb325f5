// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import dev.unraced.capture.Capture;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import dev.unraced.sim.SimEvents;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.SimThread;
import dev.unraced.sim.kernel.CallStep;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

@SimConfig
class SimExtensionTest {
    private @Nullable SimKernel before;

    @BeforeEach
    void takeKernel(SimKernel kernel) {
        before = kernel;
    }

    @Test
    void kernelAndCaptureBelongTogetherAndToTheTest(SimKernel kernel, Capture capture) {
        assertThat(kernel).isSameAs(before);
        kernel.process("cat").thread().openat("/etc/hostname").finish();

        assertThat(SimEvents.of(capture)).hasSize(1);
        assertThat(SimEvents.of(capture)).isEmpty();
    }

    @Test
    @SimConfig(mitigation = Mitigation.KERNEL, stashEntries = 3)
    void theMethodSaysHowToCapture(Capture capture) {
        assertThat(capture.mitigation()).isEqualTo(Mitigation.KERNEL);
        assertThat(capture.stats().stash().capacity()).isEqualTo(3);
    }

    @Test
    @SimConfig(
            syscalls = {Syscall.OPENAT, Syscall.CONNECT},
            set = {"filter.uids=0", "filter.paths=/etc"})
    void itSaysWhatToCapture(SimKernel kernel, Capture capture) {
        SimThread root = kernel.process("cat").user(0).thread();
        root.openat("/etc/hostname").finish();
        root.openat("/tmp").finish();
        root.creat(root.process().buffer("/etc/fresh"), 0644).finish();
        kernel.process("other").thread().openat("/etc/hostname").finish();

        assertThat(SimEvents.of(capture)).hasSize(1);
    }

    @Test
    void aTestThatLeavesACallUnderWayFails() {
        run("leavesACall")
                .assertThatEvents()
                .haveExactly(
                        1,
                        event(finishedWithFailure(
                                instanceOf(AssertionError.class),
                                message("At the end of the test the stash still held the arguments of 1 call under"
                                        + " way. Let every call return (SimCall.finish), or end its thread"
                                        + " (SimProcess.kill)."))));
    }

    @Test
    void aTestThatFailsAnywayFailsForItsOwnReason() {
        run("failsWithACallUnderWay")
                .assertThatEvents()
                .haveExactly(1, event(finishedWithFailure(message("its own reason"))));
    }

    @Test
    void theCaptureIsClosedAfterwards() {
        run("keepsItsCapture").assertStatistics(stats -> stats.succeeded(1));

        assertThat(Staged.kept).isNotNull().matches(capture -> !capture.isOpen());
    }

    private static Events run(String method) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectMethod(Staged.class.getName() + "#" + method + "(" + SimKernel.class.getName() + ","
                        + Capture.class.getName() + ")"))
                .execute()
                .testEvents();
    }

    /** Test methods for the extension to run; the name does not end in Test, so the build does not run them itself. */
    @SimConfig
    static class Staged {
        static @Nullable Capture kept;

        @Test
        void leavesACall(SimKernel kernel, Capture capture) {
            kernel.process("cat").thread().openat("/etc/hostname").until(CallStep.WORK);
        }

        @Test
        void failsWithACallUnderWay(SimKernel kernel, Capture capture) {
            leavesACall(kernel, capture);
            throw new IllegalStateException("its own reason");
        }

        @Test
        void keepsItsCapture(SimKernel kernel, Capture capture) {
            kept = capture;
        }
    }
}
