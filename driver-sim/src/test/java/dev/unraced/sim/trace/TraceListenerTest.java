// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.Abi;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.SimBuffer;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.SimProcess;
import dev.unraced.sim.kernel.Task;
import dev.unraced.stash.ArgStash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TraceListenerTest {
    private final SimKernel machine = SimKernel.create();
    private final SimProcess process = machine.process("caller");
    private final List<String> acts = new ArrayList<>();

    @Test
    void anObserverWithoutMitigationReadsAtTheReturnAlone() {
        open(Mitigation.OFF);

        assertThat(acts).containsExactly("read /etc/hostname", "described by descriptor 0");
    }

    @Test
    void anObserverWithAStashReadsAtEntryAndComparesAtTheReturn() {
        open(Mitigation.STASH);

        assertThat(acts)
                .containsExactly(
                        "read /etc/hostname",
                        "stashed STORED",
                        "taken /etc/hostname",
                        "described by descriptor 0",
                        "compared PATH, differs false");
    }

    @Test
    void anObserverInTheKernelTakesItsCopyAndItsFile() {
        open(Mitigation.KERNEL);

        assertThat(acts)
                .containsExactly(
                        "read /etc/hostname",
                        "stashed STORED",
                        "taken /etc/hostname",
                        "copied PATH, differs false",
                        "described by the kernel's reference",
                        "stashed STORED",
                        "taken /etc/hostname");
    }

    @Test
    void anAbsentPageShowsAtEntryAndIsReadAtTheReturn() {
        call(Mitigation.STASH, process.coldBuffer("/etc/hostname"));

        assertThat(acts)
                .containsExactly(
                        "cannot read PATH",
                        "stashed STORED",
                        "taken without PATH",
                        "read /etc/hostname",
                        "described by descriptor 0");
    }

    private void open(Mitigation mode) {
        call(mode, process.buffer("/etc/hostname"));
    }

    private void call(Mitigation mode, SimBuffer path) {
        Task task =
                Objects.requireNonNull(machine.kernel().task(process.thread().tid()));
        CaptureConfig config =
                CaptureConfig.builder().driver("sim").mitigation(mode).build();
        Seams seams = Seams.NONE.withListener(new Acts());
        try (Capture ignored = machine.driver(seams).open(config)) {
            machine.kernel().begin(task, Syscall.OPENAT, Abi.NATIVE, OpenFlags.AT_FDCWD, path.address(), 0, 0);
            assertThat(machine.kernel().run(task)).isTrue();
        }
    }

    private final class Acts implements TraceListener {
        @Override
        public void read(Argument argument, byte[] bytes, int length) {
            acts.add(length < 0 ? "cannot read " + argument : "read " + text(bytes, length));
        }

        @Override
        public void compared(Argument argument, boolean differs) {
            acts.add("compared " + argument + ", differs " + differs);
        }

        @Override
        public void copied(Argument argument, boolean differs) {
            acts.add("copied " + argument + ", differs " + differs);
        }

        @Override
        public void stashed(ArgStash.Put outcome) {
            acts.add("stashed " + outcome);
        }

        @Override
        public void taken(Argument argument, byte[] bytes, int length) {
            acts.add(length < 0 ? "taken without " + argument : "taken " + text(bytes, length));
        }

        @Override
        public void missed(int reason) {
            acts.add("missed " + reason);
        }

        @Override
        public void described(int descriptor) {
            acts.add("described by " + (descriptor < 0 ? "the kernel's reference" : "descriptor " + descriptor));
        }

        private static String text(byte[] bytes, int length) {
            return new String(bytes, 0, length, StandardCharsets.UTF_8);
        }
    }
}
