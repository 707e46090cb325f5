// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants.fault;

import dev.unraced.config.EventFilters;
import dev.unraced.event.Mitigation;
import dev.unraced.ring.RingSource;
import dev.unraced.ring.SourceStats;

/** A source that passes every call on to another source of a ring. */
public class SourceAround implements RingSource {
    private final RingSource inner;

    public SourceAround(RingSource inner) {
        this.inner = inner;
    }

    @Override
    public void arm() {
        inner.arm();
    }

    @Override
    public void disarm() {
        inner.disarm();
    }

    @Override
    public void await(long nanos) {
        inner.await(nanos);
    }

    @Override
    public void wake() {
        inner.wake();
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
    public SourceStats stats() {
        return inner.stats();
    }

    @Override
    public void stop() {
        inner.stop();
    }

    @Override
    public void release() {
        inner.release();
    }
}
