// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.measure;

import dev.unraced.capture.Capture;

/** Consumes a capture on a thread of its own, and ignores the events. */
public final class EventDiscarder implements AutoCloseable {
    private final Capture capture;
    private final Thread thread;

    public EventDiscarder(Capture capture) {
        this.capture = capture;
        this.thread = new Thread(() -> capture.consume(event -> {}), "consumer");
        thread.start();
    }

    public Capture capture() {
        return capture;
    }

    @Override
    public void close() {
        capture.close();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
