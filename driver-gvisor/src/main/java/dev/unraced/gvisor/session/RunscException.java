// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor.session;

/** The runsc command could not be run, or failed; the message has the details. */
public final class RunscException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean isLate;

    RunscException(String message) {
        this(message, false);
    }

    private RunscException(String message, boolean isLate) {
        super(message);
        this.isLate = isLate;
    }

    /** Makes the exception for a command that was killed since it did not end. */
    static RunscException late(String message) {
        return new RunscException(message, true);
    }

    /** Returns whether the command did not end in time, so that it is not known what it has done. */
    public boolean isLate() {
        return isLate;
    }
}
