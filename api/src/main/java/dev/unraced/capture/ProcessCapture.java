// SPDX-License-Identifier: Apache-2.0
package dev.unraced.capture;

import dev.unraced.config.EventFilters;
import dev.unraced.event.Mitigation;
import dev.unraced.process.ProcessTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A capture whose events know their process, by a table that it keeps up to date before the handler sees them. */
final class ProcessCapture implements Capture {
    private final Capture capture;
    private final ProcessTable table;
    /**
     * This feed stands before the latest handler, so that a poll allocates nothing. It is immutable, so any thread may
     * race.
     */
    private @Nullable ProcessFeed latest;

    ProcessCapture(Capture capture, ProcessTable table) {
        this.capture = capture;
        this.table = table;
    }

    @SuppressWarnings("ReferenceEquality") // handlers need no equality
    private EventHandler before(EventHandler handler) {
        ProcessFeed feed = latest;
        if (feed == null || feed.handler() != handler) {
            feed = new ProcessFeed(table, handler);
            latest = feed;
        }
        return feed;
    }

    @Override
    public int poll(EventHandler handler, int limit) {
        return capture.poll(before(handler), limit);
    }

    @Override
    public int await(EventHandler handler, int limit, long timeoutNanos) {
        return capture.await(before(handler), limit, timeoutNanos);
    }

    @Override
    public void consume(EventHandler handler) {
        capture.consume(before(handler));
    }

    @Override
    public ProcessTable processTable() {
        return table;
    }

    @Override
    public Capture withProcesses(ProcessTable other) {
        return new ProcessCapture(capture, other);
    }

    @Override
    public String driver() {
        return capture.driver();
    }

    @Override
    public Capabilities capabilities() {
        return capture.capabilities();
    }

    @Override
    public String hooks() {
        return capture.hooks();
    }

    @Override
    public boolean isOpen() {
        return capture.isOpen();
    }

    @Override
    public boolean isEnded() {
        return capture.isEnded();
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
    public EventFilters filters() {
        return capture.filters();
    }

    @Override
    public void filterBy(EventFilters filters) {
        capture.filterBy(filters);
    }

    @Override
    public boolean enterEvents() {
        return capture.enterEvents();
    }

    @Override
    public void publishEnterEvents(boolean publish) {
        capture.publishEnterEvents(publish);
    }

    @Override
    public boolean processEvents() {
        return capture.processEvents();
    }

    @Override
    public CaptureStats stats() {
        return capture.stats();
    }

    @Override
    public List<Gap> gaps() {
        return capture.gaps();
    }

    @Override
    public void close() {
        capture.close();
    }
}
