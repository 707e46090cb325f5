// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unraced.capture.Capture;
import dev.unraced.capture.LossReason;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.EventFlag;
import java.io.FileInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks that the reader is woken for a lone event, and not for each of many. Benchmarks measure times, not this test.
 */
@Timeout(120)
class WakeUpTest {
    private static final int OPENS = 50_000;

    @BeforeEach
    void needDriver() {
        RealKernel.need();
    }

    @Test
    void aLoneEventWakesASleepingReader(@TempDir Path directory) throws Exception {
        Path file = Files.createFile(directory.resolve("lone"));
        int self = (int) ProcessHandle.current().pid();
        AtomicLong seen = new AtomicLong();
        try (Capture capture = Capture.open(CaptureConfig.builder()
                .driver("ebpf")
                .observeSelf(true)
                .tgids(self)
                .build())) {
            Thread reader = new Thread(() -> capture.consume(event -> {
                if (event.path().toString().endsWith("/lone") && event.has(EventFlag.HAS_FILE)) {
                    seen.incrementAndGet();
                }
            }));
            reader.start();
            for (int round = 1; round <= 5; round++) {
                // The sleep lets the reader fall asleep; the check does not depend on it.
                TimeUnit.MILLISECONDS.sleep(50);
                try (FileInputStream in = new FileInputStream(file.toFile())) {
                    assertThat(in.read()).isEqualTo(-1);
                }
                while (seen.get() < round) {
                    Thread.onSpinWait();
                }
            }
            assertThat(capture.stats().wakeups()).isPositive();
            capture.close();
            reader.join();
        }
    }

    @Test
    void underLoadNoRecordCostsAWakeUp() throws Exception {
        try (Capture capture =
                Capture.open(CaptureConfig.builder().driver("ebpf").build())) {
            Thread reader = new Thread(() -> capture.consume(event -> {}));
            reader.start();
            Commands.run("sh", "-c", "i=0; while [ $i -lt " + OPENS + " ]; do : </dev/null; i=$((i+1)); done");
            await().until(() -> capture.stats().delivered() >= OPENS);
            assertThat(capture.stats().wakeups()).isLessThan(OPENS / 20);
            capture.close();
            reader.join();
            assertThat(capture.stats().imbalance()).isZero();
            assertThat(capture.stats().lost()).doesNotContainKey(LossReason.RING_FULL);
        }
    }
}
