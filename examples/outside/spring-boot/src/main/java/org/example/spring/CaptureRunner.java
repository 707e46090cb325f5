// SPDX-License-Identifier: Apache-2.0
package org.example.spring;

import dev.unraced.capture.Capture;
import dev.unraced.capture.EventHandler;
import org.springframework.context.SmartLifecycle;

/** Runs the capture on a thread of its own, while the application does. */
final class CaptureRunner implements SmartLifecycle {
    private final Capture capture;
    private final Thread thread;

    CaptureRunner(Capture capture, EventHandler handler) {
        this.capture = capture;
        this.thread = new Thread(() -> capture.consume(handler), "unraced");
    }

    @Override
    public void start() {
        thread.start();
    }

    /** Closes the capture, which lets the handler finish its event, and ends the run. */
    @Override
    public void stop() {
        capture.close();
    }

    @Override
    public boolean isRunning() {
        return thread.isAlive();
    }
}
