// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.event.EventView;

/** Chooses the events to print, after the driver delivered them. Reads in place and allocates nothing. */
@FunctionalInterface
interface EventFilter {

    boolean accepts(EventView event);

    default EventFilter and(EventFilter other) {
        return event -> accepts(event) && other.accepts(event);
    }
}
