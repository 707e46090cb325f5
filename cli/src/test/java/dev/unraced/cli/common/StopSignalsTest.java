// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopSignalsTest {
    @TempDir
    private Path directory;

    @Test
    void theForegroundOfATerminalIsTheProcessGroupThatItNames() throws IOException {
        assertThat(isInForeground("77 (java) S 1 77 60 34816 77 4194304 0")).isTrue();
        assertThat(isInForeground("77 (java) S 1 77 60 34816 60 4194304 0")).isFalse();
        assertThat(isInForeground("77 (java) S 1 77 77 0 -1 4194304 0")).isFalse();
        assertThat(isInForeground("77 (a) b (c) S 1 77 60 34816 77 4194304 0")).isTrue();
        assertThat(StopSignals.isInForeground(directory.resolve("none"))).isFalse();
    }

    @Test
    void aSignalWhoseThreadIsLateReachesTheCommand() throws InterruptedException {
        StopSignals signals = StopSignals.install();
        signals.stopped();
        StopSignals.onEarly("SIGTERM", () -> {});
        assertThat(signals.received()).hasValue(15);
    }

    @Test
    void oneThatComesOnceTheChildRunsIsPassedOnByWhicheverHandler() throws InterruptedException {
        StopSignals signals = StopSignals.install();
        Process child = mock();
        signals.passOn(child);
        signals.onSignal("SIGTERM");
        StopSignals.onEarly("SIGHUP", () -> {});
        verify(child, times(2)).destroy();
        assertThat(signals.received()).isEmpty();
    }

    private boolean isInForeground(String stat) throws IOException {
        return StopSignals.isInForeground(Files.writeString(directory.resolve("stat"), stat));
    }
}
