// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.ByteString;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Origin;
import dev.unraced.event.SyscallEvent;
import java.util.List;

/** Requests on an io_uring that are not submitted, or do not end, the usual way. */
final class Requested {
    private Requested() {}

    /** Has the actor make a request, and checks that it becomes one event; gives the result that the actor got. */
    static long once(Scenario scenario, WatchedCall call) {
        Outcome outcome = scenario.callUnobserved(call);
        onlyEvent(scenario, call);
        return outcome.result();
    }

    /**
     * As {@link #once}, and the event says what it is of. Which thread of the process it names is not asked: a ring
     * that the kernel polls does not tell who filled it.
     *
     * @param argument the path, or the address
     */
    static void seen(Scenario scenario, WatchedCall call, ByteString argument) {
        Outcome outcome = scenario.callUnobserved(call);
        SyscallEvent event = onlyEvent(scenario, call);
        assertThat(event.call().origin()).as("R1.14: %s", call).isEqualTo(Origin.IO_URING);
        assertThat(event.call().result()).as("R1.2: %s", call).isEqualTo(outcome.result());
        assertThat(event.caller().tgid())
                .as("R1.14: %s", call)
                .isEqualTo(scenario.actor().tgid());
        ByteString reported = event instanceof OpenEvent open
                ? open.path().value()
                : ((ConnectEvent) event).address().value().bytes();
        assertThat(reported).as("R1.14: %s", call).isEqualTo(argument);
    }

    private static SyscallEvent onlyEvent(Scenario scenario, WatchedCall call) {
        List<SyscallEvent> events = scenario.takeEvents();
        assertThat(events).as("R1.1: events of one request, %s", call).hasSize(1);
        return events.get(0);
    }
}
