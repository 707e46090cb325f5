// SPDX-License-Identifier: Apache-2.0
package dev.unraced.replay;

import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.EventHandler;
import dev.unraced.event.Mitigation;

/** A capture that declares other capabilities. */
record Lacking(Capture capture, Capabilities capabilities) implements Capture {

    @Override
    public String driver() {
        return "other";
    }

    @Override
    public int poll(EventHandler handler, int limit) {
        return capture.poll(handler, limit);
    }

    @Override
    public int await(EventHandler handler, int limit, long timeoutNanos) {
        return capture.await(handler, limit, timeoutNanos);
    }

    @Override
    public void consume(EventHandler handler) {
        capture.consume(handler);
    }

    @Override
    public boolean isOpen() {
        return capture.isOpen();
    }

    @Override
    public Mitigation mitigation() {
        return capture.mitigation();
    }

    @Override
    public void switchTo(Mitigation mode) {
        capture.switchTo(mode);
    }

    @Override
    public boolean enterEvents() {
        return capture.enterEvents();
    }

    @Override
    public boolean processEvents() {
        return capture.processEvents();
    }

    @Override
    public void publishEnterEvents(boolean publish) {
        capture.publishEnterEvents(publish);
    }

    @Override
    public CaptureStats stats() {
        return capture.stats();
    }

    @Override
    public void close() {
        capture.close();
    }
}
