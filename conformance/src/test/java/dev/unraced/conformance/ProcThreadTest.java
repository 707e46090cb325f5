// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProcThreadTest {

    @Test
    void readsWhatProcSaysOfAProcess() throws IOException {
        int self = Math.toIntExact(ProcessHandle.current().pid());
        try (Actor actor = Actor.start()) {
            ProcThread info = new ProcThread(actor.tgid(), actor.tgid());
            assertThat(info.parent()).isEqualTo(self);
            assertThat("pid:[" + info.pidNamespace() + "]")
                    .isEqualTo(
                            Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString());
            assertThat(info.cgroupId()).isPositive().isEqualTo(new ProcThread(self, self).cgroupId());
            long now = actor.ask(WatchedCall.openat(Pointer.NULL, 0, 0).command("call"))
                    .number("begun");
            assertThat(info.startNanos()).isBetween(now - 60_000_000_000L, now);
        }
    }
}
