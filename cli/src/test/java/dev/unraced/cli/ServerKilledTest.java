// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.Gap;
import dev.unraced.config.CaptureConfig;
import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventView;
import dev.unraced.selection.Drivers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills server processes under load: each event that the subscriber did not get is counted, or its call returned in a
 * gap that the subscriber knows. {@code -Dproof.kills=20} sets the number of kills.
 */
@Timeout(300)
class ServerKilledTest {
    private static final String DRIVER = "ebpf";
    private static final int KILLS = Integer.getInteger("proof.kills", 3);
    private static final String PATH = "/nowhere/unraced-killed";
    private static final int BATCH = 20;
    private static final long PAUSE_NANOS = 2_000_000;
    private static final int CLOCK_BOOTTIME = 7;
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    private Path directory;

    private final List<Process> started = new ArrayList<>();
    private final List<Long> begun = new ArrayList<>();
    private final List<Long> done = new ArrayList<>();
    private final BitSet seen = new BitSet();
    private final AtomicLong twice = new AtomicLong();
    private final AtomicLong count = new AtomicLong();
    private volatile boolean calling = true;
    private volatile boolean stalled;

    @BeforeEach
    void needDriver() {
        RunnableDriver.need(
                Drivers.discover().all().get(DRIVER), CaptureConfig.builder().build());
    }

    @AfterEach
    void endAll() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void everyCallIsDeliveredOrCountedOrInAGapThatIsTold() throws Exception {
        try (Actor actor = Actor.start()) {
            Process server = serve(actor);
            Capture capture = Capture.open(CaptureConfig.builder()
                    .driver("remote")
                    .set("remote.address", socket())
                    .set("remote.max-pause-ms", 50)
                    .ringBytes(1 << 16)
                    .build());
            Thread consumer = new Thread(() -> capture.consume(this::onEvent));
            consumer.start();
            Thread caller = new Thread(() -> call(actor));
            caller.start();
            List<Gap> without = new ArrayList<>();
            for (int i = 0; i < KILLS; i++) {
                awaitEvents(200);
                // Every other round has a backlog that the last statistics count.
                stalled = i % 2 == 1;
                TimeUnit.MILLISECONDS.sleep(stalled ? 400 : 150);
                if (stalled) {
                    capture.stats();
                }
                server.destroyForcibly().waitFor();
                long killed = bootNanos();
                stalled = false;
                if (i == 0) {
                    TimeUnit.MILLISECONDS.sleep(300);
                }
                without.add(new Gap(killed, bootNanos()));
                server = serve(actor);
            }
            awaitEvents(200);
            calling = false;
            caller.join();
            CaptureStats stats = rest(capture);
            List<Gap> gaps = capture.gaps();
            server.destroy();
            server.waitFor();
            capture.close();
            consumer.join();
            check(stats, gaps, without);
        }
    }

    private void check(CaptureStats stats, List<Gap> gaps, List<Gap> without) {
        long made = (long) begun.size() * BATCH;
        long missing = made - seen.cardinality();
        System.out.printf(
                "%d kills: %d calls made, %d delivered, %d counted as lost, %d in gaps of %.1f s in all%n",
                KILLS,
                made,
                seen.cardinality(),
                stats.totalLost(),
                missing - stats.totalLost(),
                gaps.stream().mapToLong(Gap::nanos).sum() / (double) SECOND);
        assertThat(twice).as("calls told of twice").hasValue(0);
        assertThat(stats.imbalance()).as("%s", stats).isZero();
        assertThat(stats.delivered()).as("%s", stats).isEqualTo(seen.cardinality());
        assertThat(gaps).as("one for each kill").hasSize(KILLS);
        for (int i = 0; i < KILLS; i++) {
            assertThat(gaps.get(i).fromNanos())
                    .isLessThanOrEqualTo(without.get(i).fromNanos());
            assertThat(gaps.get(i).toNanos())
                    .isGreaterThanOrEqualTo(without.get(i).toNanos());
        }
        long outside = 0;
        long atTheEdge = 0;
        for (int batch = 0; batch < begun.size(); batch++) {
            int lost = BATCH - seen.get(batch * BATCH, (batch + 1) * BATCH).cardinality();
            long from = begun.get(batch);
            long to = done.get(batch);
            boolean isInGap = false;
            boolean isBeforeItsKill = false;
            for (int i = 0; i < KILLS; i++) {
                boolean isHere =
                        to >= gaps.get(i).fromNanos() && from <= gaps.get(i).toNanos();
                isInGap |= isHere;
                isBeforeItsKill |= isHere && from <= without.get(i).fromNanos();
            }
            if (!isInGap) {
                outside += lost;
            } else if (isBeforeItsKill) {
                // A gap begins before the server reads its counters, and it may have counted until it was killed.
                atTheEdge += lost;
            }
        }
        assertThat(stats.totalLost())
                .as("calls that returned outside of the gaps and never came, %s", stats)
                .isBetween(outside, outside + atTheEdge);
    }

    private void onEvent(EventView event) {
        while (stalled) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        String path = event.path().toString();
        int tag = Integer.parseInt(path.substring(PATH.length() + 1));
        if (seen.get(tag)) {
            twice.incrementAndGet();
        }
        seen.set(tag);
        count.incrementAndGet();
    }

    private void call(Actor actor) {
        for (long tag = 0; calling; tag += BATCH) {
            begun.add(bootNanos());
            actor.ask(Command.of("bulk")
                    .with("base", ByteString.utf8(PATH))
                    .with("threads", 1)
                    .with("calls", BATCH)
                    .with("tag", tag));
            done.add(bootNanos());
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void awaitEvents(int more) throws InterruptedException {
        long wanted = count.get() + more;
        while (count.get() < wanted) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private CaptureStats rest(Capture capture) throws InterruptedException {
        CaptureStats stats = capture.stats();
        while (stats.pending() > 0 || stats.imbalance() != 0 || stats.delivered() != count.get()) {
            TimeUnit.MILLISECONDS.sleep(20);
            stats = capture.stats();
        }
        return stats;
    }

    private String socket() {
        return "unix:" + directory.resolve("socket");
    }

    private Process serve(Actor actor) throws IOException, InterruptedException {
        Path output = directory.resolve("server-" + started.size());
        Process server = JvmCommand.of(
                        List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                        "serve",
                        "--driver",
                        DRIVER,
                        "--listen",
                        socket(),
                        "--tgid",
                        Integer.toString(actor.tgid()),
                        "--buffer",
                        "8")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        started.add(server);
        while (!Files.readString(output, StandardCharsets.UTF_8).contains("serving at")) {
            assertThat(server.isAlive()).as(Files.readString(output)).isTrue();
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return server;
    }

    private static @Nullable NativeLibrary library;

    /** Returns the time of the events' clock. */
    private static synchronized long bootNanos() {
        if (library == null) {
            library = NativeLibrary.getInstance("c");
        }
        try (Memory time = new Memory(2 * Long.BYTES)) {
            library.getFunction("clock_gettime").invokeInt(new Object[] {CLOCK_BOOTTIME, time});
            return time.getLong(0) * SECOND + time.getLong(Long.BYTES);
        }
    }
}
