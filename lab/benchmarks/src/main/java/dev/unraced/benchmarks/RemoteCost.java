// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.config.CaptureConfig;
import dev.unraced.protocol.Address;
import dev.unraced.remote.Firehose;
import dev.unraced.selection.Drivers;
import dev.unraced.server.Captures;
import dev.unraced.server.GrpcServer;
import dev.unraced.server.Limits;
import dev.unraced.server.ServerSettings;
import java.io.PrintWriter;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how many events a second a server delivers, and their delay. */
@Command(
        name = "remote",
        mixinStandardHelpOptions = true,
        description = {
            "Measures a server and its subscribers in one process, through a UNIX socket; records of 264 bytes.",
            "%nThree runs: one subscriber as fast as it goes; one at a fixed rate, with the time from the record's writing"
                    + " to the handler; many at a fixed rate, of which some never read.%n"
        })
final class RemoteCost implements Callable<Integer> {
    /**
     * The field keeps the logger, and so its level, in memory. gRPC warns, with a stack trace, of each broken stream.
     */
    private static final Logger GRPC = Logger.getLogger("io.grpc");

    private static final double MICRO = 1_000;
    private static final double MEBI = 1 << 20;
    private static final int CHUNK = 500;
    private static final int TGID = 1000;
    /** The most events that the writer may be ahead, which is less than any ring holds. */
    private static final int AHEAD = 100_000;

    private static final int SAMPLES = 4_000_000;

    @Spec
    private CommandSpec spec;

    @Option(names = "--seconds", defaultValue = "5", description = "Of each run (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--rate", defaultValue = "50000", description = "Events a second (${DEFAULT-VALUE}).")
    private int rate;

    @Option(names = "--subscribers", defaultValue = "50", description = "Of the third run (${DEFAULT-VALUE}).")
    private int subscribers;

    @Option(names = "--idle", defaultValue = "10", description = "How many of them never read (${DEFAULT-VALUE}).")
    private int idle;

    @Option(
            names = "--crowd-rate",
            defaultValue = "20000",
            description = "Events a second of the third run (${DEFAULT-VALUE}).")
    private int crowdRate;

    private final Firehose hose = new Firehose();
    private Path socket = Path.of("");

    @Override
    public Integer call() throws Exception {
        GRPC.setLevel(Level.SEVERE);
        Path directory = Files.createTempDirectory("unraced-bench");
        socket = directory.resolve("socket");
        Limits limits = new Limits(Math.max(64, subscribers), 0, 16, 64 << 20);
        try (Captures captures =
                        new Captures(hose, () -> CaptureConfig.builder().driver("firehose"), true, limits, true);
                GrpcServer server = GrpcServer.start(
                        ServerSettings.at(new Address.Unix(socket.toString())).limits(limits), captures)) {
            out().println("serving at " + server.addresses().get(0));
            fast(seconds);
            fast(seconds);
            paced();
            crowd();
        } finally {
            Files.deleteIfExists(socket);
            Files.deleteIfExists(directory);
        }
        return 0;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private Capture subscribe(long ringBytes) {
        return Drivers.discover()
                .open(CaptureConfig.builder()
                        .driver("remote")
                        .ringBytes(ringBytes)
                        .set("remote.address", "unix:" + socket)
                        .build());
    }

    /** Reads on a thread of its own, and records the delay of events. */
    private static final class Subscriber implements AutoCloseable {
        private final Capture capture;
        private final long[] late;
        private final Thread thread;
        private int samples;
        private long handled;
        private volatile long count;

        Subscriber(Capture capture, int most) {
            this.capture = capture;
            this.late = new long[most];
            this.thread = new Thread(() -> capture.consume(event -> {
                if (samples < late.length) {
                    late[samples++] = System.nanoTime() - event.enterNanos();
                }
                count = ++handled;
            }));
            thread.start();
        }

        long seen() {
            return count;
        }

        long[] sorted() {
            long[] all = Arrays.copyOf(late, samples);
            Arrays.sort(all);
            return all;
        }

        CaptureStats rest() {
            CaptureStats stats = capture.stats();
            for (int i = 0; i < 2000 && (stats.pending() > 0 || stats.imbalance() != 0); i++) {
                LockSupport.parkNanos(5_000_000);
                stats = capture.stats();
            }
            return stats;
        }

        @Override
        public void close() {
            capture.close();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Makes as many events as the subscriber takes: the writer waits until the subscriber has caught up somewhat. */
    private void fast(int time) {
        try (Subscriber subscriber = new Subscriber(subscribe(64 << 20), 0)) {
            long before = hose.made();
            long begin = System.nanoTime();
            long end = begin + TimeUnit.SECONDS.toNanos(time);
            while (System.nanoTime() < end) {
                hose.make(CHUNK, TGID);
                while (hose.made() - before - subscriber.seen() > AHEAD) {
                    LockSupport.parkNanos(50_000);
                }
            }
            CaptureStats stats = subscriber.rest();
            double elapsed = (System.nanoTime() - begin) / 1e9;
            out().printf(
                            Locale.ROOT,
                            "one subscriber: %.2f million events a second, %d of %d lost; load average %.1f on %d"
                                    + " processors%n",
                            stats.delivered() / elapsed / 1e6,
                            stats.totalLost(),
                            hose.made() - before,
                            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                            Runtime.getRuntime().availableProcessors());
        }
    }

    private void paced() {
        try (Subscriber subscriber = new Subscriber(subscribe(64 << 20), SAMPLES)) {
            pace(1, rate);
            subscriber.rest();
        }
        try (Subscriber subscriber = new Subscriber(subscribe(64 << 20), SAMPLES)) {
            pace(seconds, rate);
            CaptureStats stats = subscriber.rest();
            long[] late = subscriber.sorted();
            out().printf(
                            Locale.ROOT,
                            "one subscriber at %d events a second: median %.0f µs, 99th percentile %.0f µs, worst %.0f µs"
                                    + " from writing to handler; %d lost%n",
                            rate,
                            late[late.length / 2] / MICRO,
                            late[(int) (late.length * 99L / 100)] / MICRO,
                            late[late.length - 1] / MICRO,
                            stats.totalLost());
        }
    }

    private void crowd() {
        List<Subscriber> readers = new ArrayList<>();
        List<Capture> sleepers = new ArrayList<>();
        long before = hose.made();
        for (int i = 0; i < subscribers - idle; i++) {
            readers.add(new Subscriber(subscribe(4 << 20), 0));
        }
        for (int i = 0; i < idle; i++) {
            sleepers.add(subscribe(1 << 16));
        }
        pace(seconds, crowdRate);
        long made = hose.made() - before;
        long lost = 0;
        long missing = 0;
        for (Subscriber reader : readers) {
            CaptureStats stats = reader.rest();
            lost += stats.totalLost();
            missing += made - stats.delivered();
        }
        long dropped = sleepers.stream()
                .mapToLong(sleeper -> sleeper.stats().totalLost())
                .sum();
        System.gc();
        double heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MEBI;
        double direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .mapToLong(BufferPoolMXBean::getMemoryUsed)
                        .sum()
                / MEBI;
        out().printf(
                        Locale.ROOT,
                        "%d subscribers at %d events a second, %d of them never reading: the others lost %d of %d each"
                                + " (%d missing), those lost %d; heap %.0f MiB, direct memory %.0f MiB, both ends and all"
                                + " rings%n",
                        subscribers,
                        crowdRate,
                        idle,
                        lost,
                        made,
                        missing,
                        dropped,
                        heap,
                        direct);
        readers.forEach(Subscriber::close);
        sleepers.forEach(Capture::close);
    }

    private void pace(int time, int perSecond) {
        long begin = System.nanoTime();
        long end = begin + TimeUnit.SECONDS.toNanos(time);
        long done = 0;
        for (long now = begin; now < end; now = System.nanoTime()) {
            long due = (long) ((now - begin) / 1e9 * perSecond);
            if (due > done) {
                hose.make((int) (due - done), TGID);
                done = due;
            }
            LockSupport.parkNanos(100_000);
        }
    }
}
