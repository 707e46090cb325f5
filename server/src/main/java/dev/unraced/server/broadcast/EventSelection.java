// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.broadcast;

import dev.unraced.capture.FilterReason;
import dev.unraced.driver.FilterMatcher;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import dev.unraced.protocol.v1.Cursor;
import dev.unraced.protocol.v1.Stats;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Decides which events a subscriber gets, and counts the others by their reasons. Any thread may choose whether enter
 * events are wanted; the subscription's lock guards the rest.
 */
final class EventSelection {
    private final Subscription.Options options;
    private FilterMatcher matcher;
    private final Map<FilterReason, AtomicLong> filtered = new EnumMap<>(FilterReason.class);
    private volatile boolean wantsEnterEvents;
    /** The merged events of calls that this subscriber does not watch. */
    private long hiddenCalls;
    /** The enter events that this subscriber does not want, or that a filter leaves out. */
    private long hiddenEnterEvents;
    /** The process events that this subscriber does not want, or that a filter leaves out. */
    private long hiddenProcesses;

    EventSelection(Subscription.Options options, FilterMatcher matcher, boolean wantsEnterEvents) {
        this.options = options;
        this.matcher = matcher;
        this.wantsEnterEvents = wantsEnterEvents;
        for (FilterReason reason : FilterReason.values()) {
            filtered.put(reason, new AtomicLong());
        }
    }

    /** Judges later events by other filters. */
    void filterBy(FilterMatcher next) {
        matcher = next;
    }

    void wantsEnterEvents(boolean wanted) {
        wantsEnterEvents = wanted;
    }

    boolean wantsEnterEvents() {
        return wantsEnterEvents;
    }

    /** Returns whether the subscriber gets the event, and counts the event if not. */
    boolean accepts(EventView event) {
        boolean entry = event.isEnter();
        if (entry && !wantsEnterEvents) {
            hiddenEnterEvents++;
            return false;
        }
        if (!options.syscalls().contains(event.syscall())) {
            hide(entry);
            return false;
        }
        FilterReason reason = options.hiddenTgid() != 0 && event.tgid() == options.hiddenTgid()
                ? FilterReason.SELF
                : matcher.reason(event);
        if (reason == null) {
            return true;
        }
        if (entry) {
            hiddenEnterEvents++;
        } else {
            Objects.requireNonNull(filtered.get(reason)).incrementAndGet();
        }
        return false;
    }

    /** Returns whether the subscriber gets the process event, and counts the event if not. */
    boolean accepts(ProcessView event) {
        // A child of the subscriber is another process, so its fork passes (R16.7).
        boolean own = event.type() != ProcessView.Type.FORK
                && event.type() != ProcessView.Type.ALIVE
                && event.tgid() == options.hiddenTgid();
        if (options.processEvents() && !own && matcher.accepts(event)) {
            return true;
        }
        hiddenProcesses++;
        return false;
    }

    boolean wantsProcessEvents() {
        return options.processEvents();
    }

    long hiddenProcesses() {
        return hiddenProcesses;
    }

    private void hide(boolean entry) {
        if (entry) {
            hiddenEnterEvents++;
        } else {
            hiddenCalls++;
        }
    }

    long hiddenCalls() {
        return hiddenCalls;
    }

    long hiddenEnterEvents() {
        return hiddenEnterEvents;
    }

    /** Adds the events that filters left out. */
    void addFiltered(Stats.Builder to) {
        filtered.forEach((reason, count) -> {
            if (count.get() > 0) {
                to.putFiltered(reason.name(), count.get());
            }
        });
    }

    /** Restores the counts from a resume token. */
    void read(Cursor token) {
        hiddenCalls = token.getHiddenCalls();
        hiddenEnterEvents = token.getHiddenEntries();
        hiddenProcesses = token.getHiddenProcesses();
        int i = 0;
        for (AtomicLong count : filtered.values()) {
            if (i < token.getFilteredCount()) {
                count.set(token.getFiltered(i));
            }
            i++;
        }
    }

    /** Adds the counts to a resume token. */
    void write(Cursor.Builder token) {
        token.setHiddenCalls(hiddenCalls).setHiddenEntries(hiddenEnterEvents).setHiddenProcesses(hiddenProcesses);
        for (AtomicLong count : filtered.values()) {
            token.addFiltered(count.get());
        }
    }
}
