// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants.fault;

import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.EventHandler;
import dev.unraced.capture.Gap;
import dev.unraced.config.EventFilters;
import dev.unraced.event.Mitigation;
import java.util.List;

/** A capture that passes every call on to another one. */
public class CaptureAround implements Capture {
    private final Capture inner;

    public CaptureAround(Capture inner) {
        this.inner = inner;
    }

    @Override
    public String driver() {
        return inner.driver();
    }

    @Override
    public Capabilities capabilities() {
        return inner.capabilities();
    }

    @Override
    public String hooks() {
        return inner.hooks();
    }

    @Override
    public int poll(EventHandler handler, int limit) {
        return inner.poll(handler, limit);
    }

    @Override
    public int await(EventHandler handler, int limit, long timeoutNanos) {
        return inner.await(handler, limit, timeoutNanos);
    }

    @Override
    public void consume(EventHandler handler) {
        inner.consume(handler);
    }

    @Override
    public boolean isOpen() {
        return inner.isOpen();
    }

    @Override
    public Mitigation mitigation() {
        return inner.mitigation();
    }

    @Override
    public void switchTo(Mitigation mode) {
        inner.switchTo(mode);
    }

    @Override
    public EventFilters filters() {
        return inner.filters();
    }

    @Override
    public void filterBy(EventFilters filters) {
        inner.filterBy(filters);
    }

    @Override
    public boolean enterEvents() {
        return inner.enterEvents();
    }

    @Override
    public boolean processEvents() {
        return inner.processEvents();
    }

    @Override
    public void publishEnterEvents(boolean publish) {
        inner.publishEnterEvents(publish);
    }

    @Override
    public CaptureStats stats() {
        return inner.stats();
    }

    @Override
    public List<Gap> gaps() {
        return inner.gaps();
    }

    @Override
    public void close() {
        inner.close();
    }
}
