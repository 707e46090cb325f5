// SPDX-License-Identifier: Apache-2.0
package dev.unraced.spring;

import dev.unraced.capture.Capture;
import dev.unraced.capture.EventHandler;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Consumes a capture on a thread of its own, from the start of the application to its end. Thread-safe. */
public final class CaptureRunner implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(CaptureRunner.class);

    private final Capture capture;
    private final EventHandler handler;
    private final OnFailure onFailure;
    private final Runnable stopApplication;
    private final Thread thread = new Thread(this::run, "unraced");
    private volatile @Nullable Throwable failure;

    CaptureRunner(Capture capture, EventHandler handler, OnFailure onFailure, Runnable stopApplication) {
        this.capture = capture;
        this.handler = handler;
        this.onFailure = onFailure;
        this.stopApplication = stopApplication;
    }

    @Override
    public void start() {
        thread.start();
    }

    /** Closes the capture, which lets the handler finish its event, and ends the thread. */
    @Override
    public void stop() {
        capture.close();
    }

    @Override
    public boolean isRunning() {
        return thread.isAlive();
    }

    /** Returns the latest exception of the handler or of the capture; empty while all went well. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    private void run() {
        while (capture.isOpen() && !capture.isEnded()) {
            try {
                capture.consume(handler);
                return;
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

    private void giveUp(Throwable e) {
        LOG.error("No more events are consumed", e);
        if (onFailure != OnFailure.REPORT) {
            // The application's end waits for this thread's events, so another thread ends it.
            new Thread(stopApplication, "unraced-stop").start();
        }
    }
}
