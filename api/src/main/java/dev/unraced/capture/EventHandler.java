// SPDX-License-Identifier: Apache-2.0
package dev.unraced.capture;

import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import dev.unraced.process.ProcessTable;
import java.util.function.Consumer;

/** Receives events, one at a time, on the thread that polls. */
@FunctionalInterface
public interface EventHandler {

    /**
     * Takes one event. The view is valid until this method returns; {@link EventView#snapshot()} keeps a copy. An
     * exception of the handler reaches the caller of {@link Capture#poll} or {@link Capture#consume}. The event then
     * counts as delivered, and the next poll goes on after it.
     */
    void onEvent(EventView event);

    /**
     * Takes one process event, in order with the events of calls; there are none unless {@code unraced.process-events}
     * is on. The view is valid until this method returns. By default a process event is delivered and does nothing.
     */
    default void onProcess(ProcessView event) {}

    /** Returns a handler that passes both kinds of events on. */
    static EventHandler of(Consumer<? super EventView> calls, Consumer<? super ProcessView> processes) {
        return new EventHandler() {
            @Override
            public void onEvent(EventView event) {
                calls.accept(event);
            }

            @Override
            public void onProcess(ProcessView event) {
                processes.accept(event);
            }
        };
    }

    /**
     * Returns a handler that keeps a table of processes and passes on each event with its process
     * ({@link EventView#process}), for records that come from elsewhere than from a capture with a table. All events
     * must pass through it, in their order.
     */
    static EventHandler withProcesses(ProcessTable table, EventHandler handler) {
        return new ProcessFeed(table, handler);
    }
}
