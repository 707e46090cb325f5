// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.capture.Capture;
import dev.unraced.event.SyscallEvent;
import java.util.ArrayList;
import java.util.List;

/** Takes events out of captures, for tests to examine. */
public final class SimEvents {
    private SimEvents() {}

    /**
     * Returns the events since the last look, in their order. On a simulated machine these are all: a call's event is
     * there when the call has returned.
     */
    public static List<SyscallEvent> of(Capture capture) {
        List<SyscallEvent> events = new ArrayList<>();
        while (capture.poll(event -> events.add(event.snapshot()), Integer.MAX_VALUE) > 0) {
            // A poll may hand over only a part.
        }
        return events;
    }
}
