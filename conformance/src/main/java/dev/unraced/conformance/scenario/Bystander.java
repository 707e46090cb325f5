// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.scenario;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.config.CaptureConfig;
import dev.unraced.selection.Drivers;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The program of {@link BystanderProcess}: it opens a capture of its own, and prints what it sees until its input ends.
 */
final class Bystander {
    static final String MARK = "unraced-bystander ";
    static final String OPEN = "open";
    static final String TAG = "tag ";
    static final String CLOSED = "closed ";

    private static final int BATCH = 4096;
    private static final long WAIT_NANOS = 10_000_000;

    private final PrintStream out;
    private final int tgid;
    private volatile boolean over;

    private Bystander(PrintStream out, int tgid) {
        this.out = out;
        this.tgid = tgid;
    }

    /**
     * Captures.
     *
     * @param arguments the configuration's file, and the process whose opens are printed
     */
    public static void main(String[] arguments) {
        CaptureConfig config =
                CaptureConfig.builder().file(Path.of(arguments[0])).build();
        new Bystander(new PrintStream(System.out, true, StandardCharsets.UTF_8), Integer.parseInt(arguments[1]))
                .watch(config);
    }

    private void watch(CaptureConfig config) {
        Capture capture = Drivers.discover().open(config);
        try (capture) {
            say(OPEN);
            Thread input = new Thread(this::awaitEnd, "unraced-input");
            input.setDaemon(true);
            input.start();
            while (!over) {
                capture.await(
                        event -> {
                            if (event.tgid() == tgid && event.isOpenLike()) {
                                say(TAG + event.mode());
                            }
                        },
                        BATCH,
                        WAIT_NANOS);
            }
        }
        CaptureStats stats = capture.stats();
        say(CLOSED + stats.imbalance() + " " + stats.stash().imbalance());
    }

    private void awaitEnd() {
        try {
            while (System.in.read() >= 0) {
                // The input has no meaning but its end.
            }
        } catch (IOException e) {
            // A read error counts as the end of the input.
        }
        over = true;
    }

    private void say(String what) {
        out.println(MARK + what);
    }
}
