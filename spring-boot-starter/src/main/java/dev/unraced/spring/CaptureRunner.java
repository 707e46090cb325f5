// SPDX-License-Identifier: Apache-2.0
package dev.unraced.spring;

import dev.unraced.capture.Capture;
import dev.unraced.capture.EventHandler;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ExitCodeGenerator;
import org.springframework.context.SmartLifecycle;

/**
 * Consumes a capture on a thread of its own, while the application runs. Thread-safe.
 *
 * <p>An application that is stopped can be started again. Meanwhile the capture stays open: events wait in its ring,
 * and those without room are lost and counted. The capture closes with the application's context.
 */
public final class CaptureRunner implements SmartLifecycle, ExitCodeGenerator {
    private static final Logger LOG = LoggerFactory.getLogger(CaptureRunner.class);

    /** The most events, and the longest wait, between two looks whether the application stops. */
    private static final int BATCH = 16;

    private static final long SLICE_NANOS = 100_000_000;

    private final Capture capture;
    private final EventHandler handler;
    private final OnFailure onFailure;
    private final Runnable endApplication;
    private volatile @Nullable Thread thread;
    private volatile boolean stopping;
    private volatile boolean gaveUp;
    private volatile @Nullable Throwable failure;

    CaptureRunner(Capture capture, EventHandler handler, OnFailure onFailure, Runnable endApplication) {
        this.capture = capture;
        this.handler = handler;
        this.onFailure = onFailure;
        this.endApplication = endApplication;
    }

    /** Starts a thread, unless one runs. */
    @Override
    public synchronized void start() {
        if (!isRunning()) {
            stopping = false;
            gaveUp = false;
            Thread consumer = new Thread(this::run, "unraced");
            thread = consumer;
            consumer.start();
        }
    }

    /**
     * Lets the handler finish the events at hand, {@value #BATCH} at the most, and ends the thread. When the handler
     * itself calls this, the thread ends behind them.
     */
    @Override
    public void stop() {
        stopping = true;
        Thread running = thread;
        if (running != null && running != Thread.currentThread()) {
            joinWhateverInterrupts(running);
        }
    }

    private static void joinWhateverInterrupts(Thread running) {
        boolean interrupted = false;
        while (running.isAlive()) {
            try {
                running.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        Thread running = thread;
        return running != null && running.isAlive();
    }

    /** Returns the latest exception of the handler or of the capture; empty while all went well. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /** Returns 1 once no more events are consumed because of a failure, else 0. */
    @Override
    public int getExitCode() {
        return gaveUp ? 1 : 0;
    }

    private void run() {
        while (goesOn()) {
            try {
                capture.await(handler, BATCH, SLICE_NANOS);
            } catch (RuntimeException | Error e) {
                if (!capture.isOpen()) {
                    return;
                }
                failure = e;
                boolean goesOn = onFailure == OnFailure.CONTINUE && !capture.isEnded() && e instanceof RuntimeException;
                if (!goesOn) {
                    giveUp(e);
                    return;
                }
                LOG.warn("The handler of events threw an exception; the next event is handed over", e);
            }
        }
    }

    private boolean goesOn() {
        return !stopping
                && capture.isOpen()
                && !capture.isEnded()
                && !Thread.currentThread().isInterrupted();
    }

    private void giveUp(Throwable e) {
        gaveUp = true;
        LOG.error("No more events are consumed", e);
        if (onFailure != OnFailure.REPORT) {
            // The application's end waits for this thread's events, so another thread ends it.
            new Thread(endApplication, "unraced-stop").start();
        }
    }
}
