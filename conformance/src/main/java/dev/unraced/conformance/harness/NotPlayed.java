// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.harness;

import org.opentest4j.TestAbortedException;

/**
 * Says that a rule could not be put to the test here: a race was never won, the machine forbids an attack, or no event
 * came that the rule is about. The rule is neither kept nor broken.
 */
public final class NotPlayed extends TestAbortedException {
    private static final long serialVersionUID = 1;

    /**
     * Makes one.
     *
     * @param reason what was missing
     */
    public NotPlayed(String reason) {
        super(reason);
    }
}
