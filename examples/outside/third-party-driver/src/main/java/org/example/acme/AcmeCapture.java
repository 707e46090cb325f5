// SPDX-License-Identifier: Apache-2.0
package org.example.acme;

import dev.unraced.driver.Capabilities;
import dev.unraced.driver.Capture;
import dev.unraced.driver.CaptureStats;
import dev.unraced.driver.EventHandler;
import dev.unraced.event.Mitigation;

/** The capture of another driver under this one's name, with what it declares. */
final class AcmeCapture implements Capture {
    private final Capture source;
    private final Capabilities capabilities;

    AcmeCapture(Capture source, Capabilities capabilities) {
        this.source = source;
        this.capabilities = capabilities;
    }

    @Override
    public String driver() {
        return AcmeDriver.NAME;
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public void switchTo(Mitigation mode) {
        capabilities.require(mode, AcmeDriver.NAME);
        source.switchTo(mode);
    }

    @Override
    public int poll(EventHandler handler, int limit) {
        return source.poll(handler, limit);
    }

    @Override
    public int await(EventHandler handler, int limit, long timeoutNanos) {
        return source.await(handler, limit, timeoutNanos);
    }

    @Override
    public void consume(EventHandler handler) {
        source.consume(handler);
    }

    @Override
    public boolean isOpen() {
        return source.isOpen();
    }

    @Override
    public boolean isEnded() {
        return source.isEnded();
    }

    @Override
    public Mitigation mitigation() {
        return source.mitigation();
    }

    @Override
    public boolean enterEvents() {
        return source.enterEvents();
    }

    @Override
    public void publishEnterEvents(boolean publish) {
        source.publishEnterEvents(publish);
    }

    @Override
    public CaptureStats stats() {
        return source.stats();
    }

    @Override
    public void close() {
        source.close();
    }
}
