// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.ebpf.EbpfDriver;
import dev.unraced.event.EventFlag;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Checks that the stash has room for all its entries, and takes no more memory than is documented. */
@Timeout(120)
class WaitingCallsTest {
    /** More than there are slots in the array, and fewer than entries. */
    private static final int THREADS = 1_500;

    private static final int ENTRIES = 2_048;
    private static final long DEFAULT_STASH = 14 << 20;
    private static final long SMALL_STACK = 128 << 10;
    private static final Duration WAIT = Duration.ofMillis(100);

    @BeforeEach
    void needDriver() {
        RunnableDriver.need(new EbpfDriver(), CaptureConfig.builder().build());
    }

    @Test
    void callsThatFindNoSlotHaveTheirArguments(@TempDir Path directory) throws Exception {
        Path fifo = directory.resolve("fifo");
        new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor();
        AtomicInteger events = new AtomicInteger();
        AtomicInteger missed = new AtomicInteger();
        try (Capture capture = Capture.open(CaptureConfig.builder()
                .driver(EbpfDriver.NAME)
                .observeSelf(true)
                .tgids(Math.toIntExact(ProcessHandle.current().pid()))
                .stashEntries(ENTRIES)
                .build())) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Thread thread = new Thread(null, () -> open(fifo), "waits", SMALL_STACK);
                thread.start();
                threads.add(thread);
            }
            while (capture.stats().stash().live() < THREADS) {
                capture.await(event -> {}, 4_096, WAIT);
            }
            try (FileOutputStream released = new FileOutputStream(fifo.toFile())) {
                for (Thread thread : threads) {
                    thread.join();
                }
                assertThat(released.getFD().valid()).isTrue();
            }
            assertThat(capture.stats().stash().refused()).isZero();
            while (capture.stats().pending() > 0) {
                capture.await(
                        event -> {
                            if (event.path().toString().equals(fifo.toString())) {
                                events.incrementAndGet();
                                missed.addAndGet(event.has(EventFlag.ENTER_MISSED) ? 1 : 0);
                            }
                        },
                        4_096,
                        WAIT);
            }
        }
        assertThat(events.get()).isEqualTo(THREADS + 1);
        assertThat(missed.get()).isZero();
    }

    private static void open(Path fifo) {
        try (FileInputStream in = new FileInputStream(fifo.toFile())) {
            assertThat(in.getFD().valid()).isTrue();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theDefaultStashTakesNoMoreThanIsDocumented() {
        try (Capture capture =
                Capture.open(CaptureConfig.builder().driver(EbpfDriver.NAME).build())) {
            assertThat(capture.stats().stashBytes()).isLessThan(DEFAULT_STASH);
        }
    }
}
