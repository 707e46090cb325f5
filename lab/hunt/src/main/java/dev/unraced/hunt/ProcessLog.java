// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import dev.unraced.event.ProcessView;
import dev.unraced.event.SyscallEvent;
import java.util.List;
import java.util.Map;

/**
 * The process events of a capture during one run.
 *
 * @param events the process events, in the order of their arrival; empty without such events
 * @param keys the key of the image that made each call, by the identity of the call's event
 */
record ProcessLog(List<ProcessView> events, Map<SyscallEvent, Long> keys) {
    /** The log of a capture without process events. */
    static final ProcessLog NONE = new ProcessLog(List.of(), Map.of());

    boolean isEmpty() {
        return events.isEmpty();
    }

    long keyOf(SyscallEvent event) {
        return keys.getOrDefault(event, 0L);
    }
}
