// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.CallerLosses;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.LossReason;
import dev.unraced.config.CaptureConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A victim makes a hundred calls a second during the floods of two other users, all unprivileged. The consumer takes
 * 0.1 ms for an event.
 */
@Timeout(120)
class FloodTest {
    private static final int VICTIM = 61_003;
    private static final int[] FLOODS = {61_001, 61_002};
    private static final int CALLS = 300;
    /**
     * The limit of a user's events per second. It allows for the opens of the victim's shell, and for a consumer that
     * stops for some seconds.
     */
    private static final int LIMIT = 400;

    private static final long RING = 1 << 20;
    private static final long WORK_NANOS = 100_000;
    private static final String MARK = "/dev/null";

    @TempDir
    private Path directory;

    @BeforeEach
    void needDriver() {
        RealKernel.need();
    }

    /** The number of the victim's calls that the capture saw, and its statistics. */
    private record Seen(long victim, CaptureStats stats) {}

    @Test
    void withoutALimitTheVictimLosesEvents() throws Exception {
        Seen seen = beside(0);

        assertThat(seen.victim).isLessThan(CALLS);
        assertThat(seen.stats.lost()).containsOnlyKeys(LossReason.RING_FULL);
        assertThat(lostBy(VICTIM, seen.stats)).isGreaterThanOrEqualTo(CALLS - seen.victim);
        for (int flood : FLOODS) {
            assertThat(lostBy(flood, seen.stats)).isGreaterThan(lostBy(VICTIM, seen.stats));
        }
        assertThat(seen.stats.lostByOthers()).isZero();
    }

    @Test
    void withALimitTheVictimLosesNone() throws Exception {
        Seen seen = beside(LIMIT);

        assertThat(seen.victim).isEqualTo(CALLS);
        assertThat(seen.stats.lost()).containsOnlyKeys(LossReason.RATE_LIMITED);
        assertThat(seen.stats.heaviest())
                .extracting(CallerLosses::uid)
                .containsExactlyInAnyOrder((long) FLOODS[0], (long) FLOODS[1]);
        assertThat(seen.stats.lostByOthers()).isZero();
    }

    private Seen beside(int limit) throws Exception {
        AtomicLong victim = new AtomicLong();
        AtomicBoolean slow = new AtomicBoolean(true);
        List<Process> floods = new ArrayList<>();
        try (Capture capture = Capture.open(CaptureConfig.builder()
                .driver("ebpf")
                .uids(VICTIM, FLOODS[0], FLOODS[1])
                .userLimit(limit)
                .ringBytes(RING)
                .build())) {
            Thread reader = new Thread(() -> capture.consume(event -> {
                if (event.uid() == VICTIM && event.path().toString().equals(MARK)) {
                    victim.incrementAndGet();
                }
                if (slow.get()) {
                    LockSupport.parkNanos(WORK_NANOS);
                }
            }));
            reader.start();
            try {
                for (int user : FLOODS) {
                    floods.add(as(user, "while :; do : <" + MARK + "; done").start());
                }
                awaitLosses(capture);
                Process few = as(
                                VICTIM,
                                "exec 3<>fifo; for ((i = 0; i < " + CALLS + "; i++)); do : <" + MARK
                                        + "; read -t 0.01 -u 3; done; exit 0")
                        .start();
                assertThat(few.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(few.exitValue()).isZero();
            } finally {
                for (Process flood : floods) {
                    flood.destroyForcibly().waitFor();
                }
            }
            slow.set(false);
            CaptureStats stats = capture.stats();
            while (stats.pending() > 0 || stats.imbalance() != 0) {
                LockSupport.parkNanos(WORK_NANOS);
                stats = capture.stats();
            }
            capture.close();
            reader.join();
            return new Seen(victim.get(), capture.stats());
        }
    }

    /** Waits until the floods have filled the ring, or have reached their limit. */
    private static void awaitLosses(Capture capture) {
        while (capture.stats().totalLost() == 0) {
            LockSupport.parkNanos(WORK_NANOS);
        }
    }

    private ProcessBuilder as(int user, String script) throws IOException, InterruptedException {
        if (user == VICTIM) {
            Commands.run("mkfifo", directory.resolve("fifo").toString());
            Commands.run("chmod", "-R", "a+rwX", directory.toString());
        }
        return new ProcessBuilder("setpriv", "--reuid=" + user, "--clear-groups", "bash", "-c", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    }

    private static long lostBy(int user, CaptureStats stats) {
        return stats.heaviest().stream()
                .filter(caller -> caller.uid() == user)
                .mapToLong(CallerLosses::lost)
                .sum();
    }
}
