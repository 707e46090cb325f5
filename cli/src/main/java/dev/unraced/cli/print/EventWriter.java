// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.print;

import dev.unraced.event.EventView;

/** Turns an event into one line. Not thread-safe. */
public interface EventWriter {

    /** Appends the event and a line feed. */
    void write(EventView event, LineBuffer out);
}
