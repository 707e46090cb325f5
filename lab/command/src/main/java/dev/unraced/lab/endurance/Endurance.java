// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.endurance;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.config.CaptureConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A server under a steady load, with three readers: one that reads, one whose process is suspended again and again, and
 * one that ends and begins anew. All the while the server's processors are taken away and given back.
 */
public final class Endurance {
    private static final long SECOND = 1_000_000_000L;
    /** Rings and the code of both processes are touched by then. */
    private static final int WARM_UP_SECONDS = 20;

    private static final int SAMPLE_SECONDS = 5;
    private static final int RESTART_SECONDS = 5;
    private static final int SUSPENSION_PERIOD_SECONDS = 15;
    private static final int SUSPENDED_AT = 4;
    private static final int RESUMED_AT = 11;
    private static final int PROCESSORS_SECONDS = 7;
    private static final int SETTLING_SECONDS = 30;
    private static final long NAP_MILLIS = 50;

    private final String driver;
    private final int rate;
    private final int seconds;
    private final Path directory;
    private final Consumer<String> progress;
    private final List<String> unbalanced = new ArrayList<>();
    private int suspensions;
    private int restarts;
    private int processorChanges;

    /**
     * Prepares a test.
     *
     * @param rate the calls per second
     * @param duration how long, behind a warm-up of 20 s
     * @param directory where sockets and logs go
     * @param progress takes a line now and then
     */
    public Endurance(String driver, int rate, Duration duration, Path directory, Consumer<String> progress) {
        this.driver = driver;
        this.rate = rate;
        this.seconds = (int) duration.toSeconds();
        this.directory = directory;
        this.progress = progress;
    }

    /**
     * Runs the test.
     *
     * @throws dev.unraced.capture.CaptureException when the server cannot capture
     */
    public EnduranceResult run() throws IOException, InterruptedException {
        try (Load load = new Load(rate);
                ObservedProcess server = serve(load.tgid());
                ObservedProcess suspended = ObservedProcess.start(
                        directory.resolve("reader.log"),
                        "capturing with remote",
                        List.of("watch", "--driver", "remote", "--summary", "-o", address(), "-o", "ring-bytes=1MiB"));
                Reader steady = new Reader(config())) {
            load.start();
            return run(load, server, suspended, steady);
        }
    }

    private EnduranceResult run(Load load, ObservedProcess server, ObservedProcess suspended, Reader steady)
            throws IOException, InterruptedException {
        TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
        Footprint ofServer = new Footprint("server", server);
        Footprint ofReader = new Footprint("suspended reader", suspended);
        long madeBefore = load.made();
        long begun = System.nanoTime();
        Account restarted = trouble(load, server, suspended, List.of(ofServer, ofReader));
        double took = (System.nanoTime() - begun) / (double) SECOND;
        double reached = (load.made() - madeBefore) / took;
        load.stop();
        List<String> failures = new ArrayList<>();
        if (!server.isAlive() || !suspended.isAlive()) {
            failures.add("a process ended before its time");
        }
        CaptureStats stats = steady.rest(load.made(), SETTLING_SECONDS * SECOND);
        awaitDescriptors(server, ofServer.descriptorsBefore());
        ofServer.end(server);
        ofReader.end(suspended);
        Account steadily = Account.of(stats);
        int readersCode = suspended.end();
        Account whenSuspended = Account.of(suspended.said());
        steady.close();
        int serversCode = server.end();
        check(steadily, "steady reader", load.made(), failures);
        check(whenSuspended, "suspended reader", load.made(), failures);
        failures.addAll(unbalanced);
        ofServer.growth().ifPresent(failures::add);
        ofReader.growth().ifPresent(failures::add);
        if (readersCode != 0 || serversCode != 0) {
            failures.add("exit codes " + serversCode + " of the server and " + readersCode + " of the reader");
        }
        List<String> figures = List.of(
                String.format(
                        Locale.ROOT, "%d calls in %.0f s and the warm-up, %.0f a second", load.made(), took, reached),
                "steady reader: " + steadily,
                "suspended reader, " + suspensions + " times: " + whenSuspended,
                "restarted reader, " + restarts + " times: " + restarted,
                "processors taken away, " + processorChanges + " times",
                ofServer.toString(),
                ofReader.toString());
        return new EnduranceResult(figures, failures);
    }

    private static void check(Account account, String reader, long made, List<String> failures) {
        if (!account.balanced() || account.calls() != made) {
            failures.add("the account of the " + reader + " is not balanced over " + made + " calls");
        }
    }

    /** Makes trouble for the time of the test, and returns the account of the reader that begins anew. */
    private Account trouble(Load load, ObservedProcess server, ObservedProcess suspended, List<Footprint> footprints)
            throws InterruptedException {
        String all = ObservedProcess.allowedProcessors();
        String one = all.split("[,-]", -1)[0];
        Account restarted = new Account(0, 0, true);
        Reader reader = new Reader(config());
        for (int second = 1; second <= seconds && server.isAlive(); second++) {
            TimeUnit.SECONDS.sleep(1);
            int within = second % SUSPENSION_PERIOD_SECONDS;
            if (within == SUSPENDED_AT) {
                suspended.suspend();
                suspensions++;
            } else if (within == RESUMED_AT) {
                suspended.resume();
            }
            if (second % PROCESSORS_SECONDS == 0) {
                boolean taken = second / PROCESSORS_SECONDS % 2 == 1;
                server.restrictTo(taken ? one : all);
                processorChanges += taken ? 1 : 0;
            }
            if (second % RESTART_SECONDS == 0) {
                restarted = restarted.plus(end(reader, second));
                reader = new Reader(config());
                restarts++;
            }
            if (second % SAMPLE_SECONDS == 0) {
                footprints.get(0).sample(server);
                footprints.get(1).sample(suspended);
                progress.accept(String.format(
                        Locale.ROOT,
                        "%4d s  %d calls  server %d KiB  reader %d KiB",
                        second,
                        load.made(),
                        footprints.get(0).lastResidentKib(),
                        footprints.get(1).lastResidentKib()));
            }
        }
        suspended.resume();
        server.restrictTo(all);
        return restarted.plus(end(reader, seconds));
    }

    private Account end(Reader reader, int second) throws InterruptedException {
        CaptureStats stats = reader.end();
        if (stats.imbalance() != 0) {
            unbalanced.add("the account of the restarted reader that ended at second " + second + " is not balanced by "
                    + stats.imbalance() + ": " + stats);
        }
        return Account.of(stats);
    }

    /** Waits until the connections of readers that ended are gone. */
    private static void awaitDescriptors(ObservedProcess server, int most) throws InterruptedException {
        long until = System.nanoTime() + SETTLING_SECONDS * SECOND;
        while (server.descriptors() > most && System.nanoTime() - until < 0) {
            TimeUnit.MILLISECONDS.sleep(NAP_MILLIS);
        }
    }

    private ObservedProcess serve(int tgid) throws InterruptedException {
        return ObservedProcess.start(
                directory.resolve("server.log"),
                "serving at",
                List.of(
                        "serve",
                        "--driver",
                        driver,
                        "--listen",
                        "unix:" + directory.resolve("socket"),
                        "--tgid",
                        Integer.toString(tgid),
                        "--buffer",
                        "16"));
    }

    private String address() {
        return "remote.address=unix:" + directory.resolve("socket");
    }

    private CaptureConfig config() {
        return CaptureConfig.builder()
                .driver("remote")
                .set("remote.address", "unix:" + directory.resolve("socket"))
                .ringBytes(8 << 20)
                .build();
    }

    /** A reader in this process. */
    private static final class Reader implements AutoCloseable {
        private final Capture capture;
        private final Thread thread;

        Reader(CaptureConfig config) {
            capture = Capture.open(config);
            thread = new Thread(() -> capture.consume(event -> {}), "unraced-reader");
            thread.start();
        }

        /** Waits until as many calls are accounted for, and nothing is under way; returns the statistics then. */
        CaptureStats rest(long calls, long nanos) throws InterruptedException {
            long until = System.nanoTime() + nanos;
            CaptureStats stats = capture.stats();
            while ((Account.of(stats).calls() < calls || stats.pending() > 0) && System.nanoTime() - until < 0) {
                TimeUnit.MILLISECONDS.sleep(NAP_MILLIS);
                stats = capture.stats();
            }
            return stats;
        }

        CaptureStats end() throws InterruptedException {
            close();
            thread.join();
            return capture.stats();
        }

        @Override
        public void close() {
            capture.close();
        }
    }
}
