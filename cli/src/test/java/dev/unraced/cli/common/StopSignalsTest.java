// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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

    @Test
    void theSummaryIsPrintedOnce() throws InterruptedException {
        List<String> printed = new CopyOnWriteArrayList<>();
        StopSignals second = StopSignals.install();
        second.lastWords(() -> printed.add("last words"));
        assertThat(second.takeLastWords()).isTrue();
        second.speak();
        assertThat(printed).isEmpty();

        StopSignals late = StopSignals.install();
        late.lastWords(() -> printed.add("last words"));
        late.speak();
        assertThat(printed).containsExactly("last words");
        assertThat(late.takeLastWords()).isFalse();
    }

    private boolean isInForeground(String stat) throws IOException {
        return StopSignals.isInForeground(Files.writeString(directory.resolve("stat"), stat));
    }
}
