// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Says on standard error that a command is still starting, unless it is closed before that takes long. */
public final class SlowStart implements AutoCloseable {
    private static final Duration LONG = Duration.ofMillis(1500);

    private final CountDownLatch started = new CountDownLatch(1);

    private SlowStart(Console console, Duration patience) {
        Thread thread = new Thread(() -> watch(console, patience), "unraced-slow-start");
        thread.setDaemon(true);
        thread.start();
    }

    /** Begins to wait for the close. */
    public static SlowStart begin(Console console) {
        return new SlowStart(console, LONG);
    }

    /**
     * Begins to wait for the close.
     *
     * @param patience how long the start may take without a word
     */
    static SlowStart begin(Console console, Duration patience) {
        return new SlowStart(console, patience);
    }

    private void watch(Console console, Duration patience) {
        try {
            if (!started.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                console.err().println("unraced: starting; it takes longer than usual");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Notes that the command has started. */
    @Override
    public void close() {
        started.countDown();
    }
}
