// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.CaptureException;
import dev.unraced.selection.Drivers;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EarlyDriversTest {
    @Test
    void theDriversAreFoundOnce() {
        AtomicInteger searches = new AtomicInteger();
        EarlyDrivers drivers = EarlyDrivers.search(() -> {
            searches.incrementAndGet();
            return Drivers.of();
        });

        assertThat(drivers.get()).isSameAs(drivers.get());
        assertThat(searches).hasValue(1);
    }

    @Test
    void whatTheSearchThrowsReachesTheCommandAsItIs() {
        CaptureException failure = new CaptureException("no drivers");
        EarlyDrivers drivers = EarlyDrivers.search(() -> {
            throw failure;
        });

        assertThatThrownBy(drivers::get).isSameAs(failure);
    }

    @Test
    void anErrorStaysAnError() {
        LinkageError failure = new LinkageError("no class");
        EarlyDrivers drivers = EarlyDrivers.search(() -> {
            throw failure;
        });

        assertThatThrownBy(drivers::get).isSameAs(failure);
    }
}
