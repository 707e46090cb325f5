// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;

/**
 * Turns an event into one line. Reads the event in place and allocates nothing, so a handler can call it. Not
 * thread-safe.
 */
public interface EventWriter {

    /** Appends the event and a line feed, in UTF-8. */
    void write(EventView event, LineBuffer out);

    /** Appends a process event and a line feed; nothing for writers without a line for it. */
    default void writeProcess(ProcessView event, LineBuffer out) {}

    /** Returns a process event as a line without its line feed, empty where it has none; allocates. */
    default String toLine(ProcessView event) {
        LineBuffer line = new LineBuffer(LineBuffer.USUAL_CAPACITY);
        writeProcess(event, line);
        return line.toString().stripTrailing();
    }

    /** Returns, once, what explains the signs of the lines so far; empty where they have none. */
    default String takeLegend() {
        return "";
    }

    /** Returns the event as a line without its line feed; allocates. */
    default String toLine(EventView event) {
        LineBuffer line = new LineBuffer(LineBuffer.USUAL_CAPACITY);
        write(event, line);
        return line.toString().stripTrailing();
    }
}
