// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.endurance;

import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.actor.Command;
import dev.unraced.event.ByteString;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Calls of a program of its own, at a steady rate, until it is closed. */
final class Load implements AutoCloseable {
    private static final ByteString PATH = ByteString.utf8("/nowhere/unraced-endurance");
    private static final int BATCHES_PER_SECOND = 100;
    private static final long PERIOD_NANOS = 1_000_000_000L / BATCHES_PER_SECOND;
    /** The latest batches are left out after a pause of this length, so that no burst follows it. */
    private static final long LONGEST_DELAY_NANOS = 1_000_000_000L;

    private final Actor actor = Actor.start();
    private final int batch;
    private @Nullable Thread thread;
    private volatile boolean calling = true;
    private final AtomicLong made = new AtomicLong();

    Load(int rate) {
        batch = Math.max(1, rate / BATCHES_PER_SECOND);
    }

    /** Returns the process that makes the calls. */
    int tgid() {
        return actor.tgid();
    }

    void start() {
        Thread caller = new Thread(this::call, "unraced-load");
        caller.start();
        thread = caller;
    }

    private void call() {
        long next = System.nanoTime();
        while (calling) {
            actor.ask(Command.of("bulk")
                    .with("base", PATH)
                    .with("threads", 1)
                    .with("calls", batch)
                    .with("tag", made.get() % (1 << 20)));
            made.addAndGet(batch);
            next = Math.max(next + PERIOD_NANOS, System.nanoTime() - LONGEST_DELAY_NANOS);
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    /** Returns how many calls have returned. */
    long made() {
        return made.get();
    }

    /** Ends the calls; the process stays until {@link #close}. */
    void stop() throws InterruptedException {
        calling = false;
        if (thread != null) {
            thread.join();
        }
    }

    @Override
    public void close() {
        calling = false;
        actor.close();
    }
}
