// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.harness;

import org.opentest4j.TestAbortedException;

/** Says that a rule is about something that a driver does not have, without lacking a capability. */
public final class NotApplicable extends TestAbortedException {
    private static final long serialVersionUID = 1;

    /**
     * Makes one.
     *
     * @param reason what the driver does not have
     */
    public NotApplicable(String reason) {
        super(reason);
    }
}
