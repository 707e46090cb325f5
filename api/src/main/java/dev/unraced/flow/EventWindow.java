// SPDX-License-Identifier: Apache-2.0
package dev.unraced.flow;

import dev.unraced.event.EventView;
import dev.unraced.event.SyscallEvent;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The last events that were read, each at its position in the stream. One thread appends, and it never overwrites a
 * position that is still needed. Any thread may get the events between the oldest needed position and {@link #end}.
 */
final class EventWindow {
    private final @Nullable SyscallEvent[] events;
    private volatile long end;

    /** Creates a window of a number of events, a power of two. */
    EventWindow(int size) {
        events = new SyscallEvent[size];
    }

    int size() {
        return events.length;
    }

    /** Returns the position behind the newest event, which is the number of events ever appended. */
    long end() {
        return end;
    }

    void append(EventView event) {
        long position = end;
        events[index(position)] = event.snapshot();
        end = position + 1;
    }

    SyscallEvent get(long position) {
        return Objects.requireNonNull(events[index(position)]);
    }

    private int index(long position) {
        return (int) position & (events.length - 1);
    }
}
