// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.scenario;

import dev.unraced.conformance.actor.Outcome;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.SyscallEvent;

/**
 * A call and the one event that it became.
 *
 * @param outcome the ground truth, from the actor
 * @param event the event, from the driver
 */
public record Observed(Outcome outcome, SyscallEvent event) {

    public OpenEvent open() {
        if (event instanceof OpenEvent open) {
            return open;
        }
        throw Violation.of("R1.2", "an open became an event of another call: " + event);
    }

    public ConnectEvent connect() {
        if (event instanceof ConnectEvent connect) {
            return connect;
        }
        throw Violation.of("R1.2", "a connect became an event of another call: " + event);
    }
}
