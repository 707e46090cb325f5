// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.config.CaptureConfig;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.ebpf.EbpfDriver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Checks opens through an io_uring with room for one completion, which nobody takes. The kernel reuses the memory of a
 * request for the next, so each finds there the result that it has itself.
 */
@Timeout(120)
class FullRingTest {
    private static final int OPENS = 200;
    private static final int SELF = Math.toIntExact(ProcessHandle.current().pid());

    @BeforeEach
    void needDriver() {
        RunnableDriver.need(new EbpfDriver(), CaptureConfig.builder().build());
    }

    @Test
    void opensThatFailAreEvents() {
        checkOpensOf("/no/such/file/of/FullRingTest");
    }

    private static void checkOpensOf(String path) {
        List<Long> results = new ArrayList<>();
        try (Capture capture = Capture.open(CaptureConfig.builder()
                .driver(EbpfDriver.NAME)
                .observeSelf(true)
                .tgids(SELF)
                .build())) {
            open(path);
            CaptureStats stats = Ring.takeRequests(capture, event -> results.add(event.result()));
            assertThat(results).as("%s", stats).hasSize(OPENS).containsOnly(-2L);
            assertThat(stats.totalLost()).isZero();
        }
    }

    private static void open(String path) {
        Memory name = Ring.path(path);
        try (Ring ring = new Ring(1, 1)) {
            for (int i = 1; i <= OPENS; i++) {
                Pointer request = ring.request(0);
                request.setByte(0, Ring.OPENAT);
                request.setInt(4, Ring.AT_FDCWD);
                request.setLong(16, Pointer.nativeValue(name));
                request.setLong(32, i);
                ring.submit(1);
            }
        }
    }
}
