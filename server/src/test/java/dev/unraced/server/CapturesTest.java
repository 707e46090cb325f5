// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockConstruction;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Driver;
import dev.unraced.server.broadcast.Broadcaster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mockito.MockedConstruction;

@Timeout(60)
class CapturesTest {
    private final Capture capture = mock(Capture.class);
    private final Driver driver = mock(Driver.class);

    private Captures captures(boolean withShared, int ringBytes) {
        when(capture.driver()).thenReturn("mock");
        when(driver.open(any())).thenReturn(capture);
        return new Captures(driver, CaptureConfig::builder, true, new Limits(2, 1, 16, ringBytes), withShared);
    }

    @Test
    void aSharedCaptureThatCannotBeServedIsClosed() {
        int noRing = 1000;
        assertThatThrownBy(() -> captures(true, noRing)).hasMessageContaining("a ring of 1000 bytes");
        verify(capture).close();
    }

    @Test
    void anOwnCaptureThatCannotBeServedIsClosedAndTakesNoPlace() {
        try (Captures captures = captures(false, 1 << 16)) {
            try (MockedConstruction<Broadcaster> scarce = mockConstruction(Broadcaster.class, (made, context) -> {
                throw new OutOfMemoryError("direct buffer memory");
            })) {
                assertThatThrownBy(() -> captures.open(config -> {})).hasStackTraceContaining("direct buffer memory");
                assertThat(scarce.constructed()).isEmpty();
            }
            verify(capture).close();
            Capture next = mock(Capture.class);
            when(next.driver()).thenReturn("mock");
            when(driver.open(any())).thenReturn(next);
            assertThat(captures.open(config -> {}).capture()).isSameAs(next);
            verify(next, never()).close();
        }
    }
}
