// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.CaptureStats;
import dev.unraced.cli.TestConsole;
import dev.unraced.cli.UnracedCommand;
import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Driver;
import dev.unraced.event.Mitigation;
import dev.unraced.selection.Drivers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests a server whose capture fails while it serves. */
@Timeout(60)
class ServeFailureTest {
    /** A driver whose capture fails at once. */
    private static final class Failing implements Driver {
        @Override
        public String name() {
            return "failing";
        }

        @Override
        public Availability availability(CaptureConfig config) {
            return new Availability.Available();
        }

        @Override
        public Capabilities capabilities() {
            return Capabilities.complete();
        }

        @Override
        public Capture open(CaptureConfig config) {
            Capture capture = mock(Capture.class);
            when(capture.driver()).thenReturn(name());
            when(capture.capabilities()).thenReturn(capabilities());
            when(capture.mitigation()).thenReturn(Mitigation.STASH);
            when(capture.stats()).thenReturn(CaptureStats.builder().build());
            when(capture.await(any(), anyInt(), anyLong())).thenThrow(new CaptureException("the source is gone"));
            return capture;
        }
    }

    @Test
    void itEndsWithTheReasonSoThatAServiceManagerStartsItAgain(@TempDir Path directory) {
        TestConsole test = new TestConsole();
        int code = UnracedCommand.commandLine(test.console(), () -> Drivers.of(new Failing()))
                .execute("serve", "--driver", "failing", "--listen", "unix:" + directory.resolve("socket"));
        assertThat(code).as(test.err()).isEqualTo(1);
        assertThat(test.err())
                .contains("unraced: served; driver failing")
                .contains("unraced serve: The capture failed: the source is gone")
                .doesNotContain("\tat ");
    }
}
