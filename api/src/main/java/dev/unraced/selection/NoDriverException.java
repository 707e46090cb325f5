// SPDX-License-Identifier: Apache-2.0
package dev.unraced.selection;

import dev.unraced.capture.CaptureException;
import dev.unraced.selection.Selection.PassedOver;
import java.util.List;

/**
 * Thrown when none of the drivers that the configuration names can run. The message says why, for each;
 * {@link #passedOver} says the same to programs.
 */
public class NoDriverException extends CaptureException {
    private static final long serialVersionUID = 1L;

    /** The reasons are not serialized; the message has them, too. */
    private final transient List<PassedOver> passedOver;

    /**
     * Creates an exception for some drivers.
     *
     * @param message for people; it says why each driver cannot run, and names the remedies
     * @param passedOver the drivers that were tried, in order
     */
    public NoDriverException(String message, List<PassedOver> passedOver) {
        super(message);
        this.passedOver = List.copyOf(passedOver);
    }

    /** Returns the drivers that were tried, in order, each with the reason why it cannot run. */
    public List<PassedOver> passedOver() {
        return passedOver == null ? List.of() : passedOver;
    }
}
